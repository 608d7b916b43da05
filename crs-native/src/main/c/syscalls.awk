# Turns syscalls.csv into syscalls.h: awk -f syscalls.awk syscalls.csv > syscalls.h
#
# The columns are explained in the csv itself. Any fault of it ends the build, naming the line.

BEGIN {
    FS = ","
    columns = "name,x86_64,aarch64,class,roles,group,flags,guide_number,guide_name"
    # In the order of the Java enums OperationClass and ArgumentRole: the decision table holds these numbers.
    ops = split("OPEN READ WRITE RENAME LINK CONNECT SEND ACCEPT EXEC NAME NONE", op, " ")
    roles = split("FILENAME OLD NEW PORT ADDRESS LOCAL_PORT DOMAIN TYPE PROTOCOL NAME RAW", role, " ")
    for (i = 1; i <= ops; i++)
        op_known[op[i]] = 1
    for (i = 1; i <= roles; i++) {
        spelled = tolower(role[i])
        gsub("_", "", spelled)
        role_of[spelled] = role[i]
    }
    role_of["-"] = role_of[""] = "RAW"
    arch_name[2] = "x86_64"
    arch_name[3] = "aarch64"
    max[2] = max[3] = -1
}

function fail(why) {
    printf "%s:%d: %s\n", FILENAME, FNR, why > "/dev/stderr"
    failed = 1
    exit 1
}

/^# source: / { source = substr($0, 11) }
/^#/ || /^$/ { next }
!headed { if ($0 != columns) fail("expected the header " columns); headed = 1; next }

{
    if (NF != 9)
        fail("9 fields expected, found " NF)
    if ($1 !~ /^[a-z_][a-z0-9_]*$/)
        fail("not a name: " $1)
    if ($1 in info)
        fail($1 " stands here twice")
    if (!($4 in op_known))
        fail("unknown class " $4)
    name[++count] = $1
    info[$1] = initialiser()
    if ($4 == "NAME")
        library[++libraries] = $1
    for (a = 2; a <= 3; a++) {
        if ($a == "")
            continue
        if ($a !~ /^[0-9]+$/ || $a + 0 > 32767)
            fail("not a number: " $a)
        if ((a, $a + 0) in at)
            fail("number " $a " of " arch_name[a] " is also " at[a, $a + 0])
        at[a, $a + 0] = $1
        number[a, $1] = $a + 0
        if ($a + 0 > max[a])
            max[a] = $a + 0
    }
    guide[$1] = $8
}

# All fields but .nr, which differs by architecture.
function initialiser(    text, part, parts, k, cond) {
    text = ".name = \"" $1 "\", .op = CRS_OP_" $4 ", .roles = {"
    parts = split($5, part, ";")
    if (parts > 3)
        fail("at most 3 roles, found " parts)
    for (k = 1; k <= 3; k++) {
        if (k > parts)
            part[k] = ""
        if (!(part[k] in role_of))
            fail("unknown role " part[k])
        text = text "CRS_ROLE_" role_of[part[k]] (k < 3 ? ", " : "}")
    }
    if ($6 != "") {
        if (!($6 in grouped)) {
            grouped[$6] = 1
            group[++groups] = $6
        }
        text = text ", .group = CRS_GROUP_" $6
    }
    if ($7 ~ /^0x[0-9a-f]+=0x[0-9a-f]+$/) {
        split($7, cond, "=")
        text = text ", .flags_mask = " cond[1] "u, .flags_value = " cond[2] "u"
    } else if ($7 ~ /^arg[1-6]\*?$/) {
        text = text ", .flags_arg = " substr($7, 4, 1) ($7 ~ /\*$/ ? ", .flags_indirect = 1" : "")
    } else if ($7 != "") {
        fail("flags are mask=value in hex, or the place argN: " $7)
    }
    return text ", .guide = " ($8 == "" ? -1 : $8)
}

function array(column,    upper, rows, nr) {
    upper = toupper(arch_name[column])
    printf "#define CRS_MAX_NR_%s %d\n", upper, max[column]
    printf "static const struct crs_syscall_info crs_syscalls_%s[] CRS_UNUSED = {\n", arch_name[column]
    for (nr = 0; nr <= max[column]; nr++)
        if ((column, nr) in at) {
            printf "    {.nr = %d, %s},\n", nr, info[at[column, nr]]
            rows++
        }
    printf "};\n#define CRS_SYSCALLS_%s %d\n\n", upper, rows
}

# CRS_NR_open and so on for the architecture that is compiled for; the arrays above hold both.
function numbers(column,    k) {
    printf "#define CRS_SYSCALLS CRS_SYSCALLS_%s\n", toupper(arch_name[column])
    printf "#define CRS_MAX_NR CRS_MAX_NR_%s\n", toupper(arch_name[column])
    printf "#define crs_syscalls crs_syscalls_%s\n", arch_name[column]
    for (k = 1; k <= count; k++)
        printf "#define CRS_NR_%s %s\n", name[k], ((column, name[k]) in number) ? number[column, name[k]] : "(-1)"
}

END {
    if (failed)
        exit 1
    if (count == 0 || source == "") {
        print FILENAME ": no source line, or no rows" > "/dev/stderr"
        exit 1
    }
    print "/* The system calls of Linux. Made from syscalls.csv by syscalls.awk: change those. */"
    print "#ifndef CRS_SYSCALLS_H\n#define CRS_SYSCALLS_H\n"
    print "#include <stddef.h>\n#include <stdint.h>\n"
    printf "#define CRS_SYSCALLS_SOURCE \"%s\"\n\n", source
    print "/* What a call does, as far as a policy decides it. */\nenum crs_op_class {"
    for (i = 1; i <= ops; i++)
        printf "    CRS_OP_%s,\n", op[i]
    print "};\n\n/* What an argument of a rule that names the call is compared with. */\nenum crs_role {"
    for (i = 1; i <= roles; i++)
        printf "    CRS_ROLE_%s,\n", role[i]
    print "};\n\n/* Calls of one group are one function in several forms. */\nenum crs_syscall_group {\n    CRS_GROUP_NONE,"
    for (i = 1; i <= groups; i++)
        printf "    CRS_GROUP_%s,\n", group[i]
    print "};\n"
    print "struct crs_syscall_info {"
    print "    const char *name;"
    print "    uint32_t flags_mask, flags_value; /* the flags this form of the function fixes; mask 0: none */"
    print "    short nr;"
    print "    short guide;                  /* row of Appendix A of the user guide, -1: none */"
    print "    unsigned char op;             /* enum crs_op_class */"
    print "    unsigned char roles[3];       /* enum crs_role */"
    print "    unsigned char group;          /* enum crs_syscall_group */"
    print "    unsigned char flags_arg;      /* 1-6: the argument that holds the flags a decision looks at; 0: none */"
    print "    unsigned char flags_indirect; /* 1: that argument points to them, 64 bits */"
    print "};\n"
    print "#define CRS_UNUSED __attribute__((unused))\n"
    print "/* Sorted by number. */"
    array(2)
    array(3)
    print "/* Library calls; their nr is the user guide's, no number of the kernel. */"
    print "static const struct crs_syscall_info crs_library_calls[] CRS_UNUSED = {"
    for (i = 1; i <= libraries; i++)
        printf "    {.nr = %d, %s},\n", guide[library[i]], info[library[i]]
    printf "};\n#define CRS_LIBRARY_CALLS %d\n\n", libraries
    print "/* The number of each call on the architecture that is compiled for, -1 where it lacks the call. */"
    print "#if defined(__x86_64__)"
    numbers(2)
    print "#elif defined(__aarch64__)"
    numbers(3)
    print "#else\n#error \"no system-call table for this architecture\"\n#endif\n"
    print "/* The call with this number in one of the arrays above, NULL if it has none. */"
    print "static inline const struct crs_syscall_info *crs_syscall_find(const struct crs_syscall_info *calls,"
    print "                                                              size_t count, long nr)"
    print "{"
    print "    size_t low = 0, high = count;\n"
    print "    while (low < high) {"
    print "        size_t middle = low + (high - low) / 2;\n"
    print "        if (calls[middle].nr == nr)"
    print "            return &calls[middle];"
    print "        if (calls[middle].nr < nr)"
    print "            low = middle + 1;"
    print "        else"
    print "            high = middle;"
    print "    }"
    print "    return NULL;"
    print "}\n\n#endif"
}
