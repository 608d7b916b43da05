# The tables of results/interception.md. Input: the list of workloads, the facts, and the raw figures of all rounds.

function median(list, count,    i, j, held) {
    for (i = 2; i <= count; i++) {
        held = list[i]
        for (j = i - 1; j > 0 && list[j] > held; j--) list[j + 1] = list[j]
        list[j + 1] = held
    }
    lowest = list[1]
    highest = list[count]
    return count % 2 ? list[(count + 1) / 2] : (list[count / 2] + list[count / 2 + 1]) / 2
}

# Of one workload run in one way: middle and, against plain pair by pair, ratio with least and most. 0 if it was not run.
function measure(key, mode,    i, n, absolute, relative, own, bare) {
    n = 0
    for (i = 1; i <= pairs; i++) {
        if (!((pair[i], key, mode) in raw)) continue
        n++
        own = raw[pair[i], key, mode] / (per[key] ? per[key] : 1)
        bare = raw[pair[i], key, "plain"] / (per[key] ? per[key] : 1)
        absolute[n] = own
        relative[n] = kind[key] == "plus" ? own - bare : own / bare
    }
    if (n == 0) return 0
    middle = median(absolute, n)
    spread = number(lowest) " – " number(highest)
    ratio = median(relative, n)
    least = lowest
    most = highest
    return n
}

function number(x) { return sprintf(x >= 1000 ? "%.0f" : x >= 100 ? "%.0f" : x >= 10 ? "%.1f" : "%.2f", x) }

function against(key) {
    if (kind[key] == "plus") return sprintf("+ %.1f ms (%+.1f … %+.1f)", ratio, least, most)
    return sprintf("%.2f× (%.2f – %.2f)", ratio, least, most)
}

function row(key, mode, goal,    wanted, met) {
    if (goal == "") return
    wanted = kind[key] == "share" ? "≥ " goal "×" : kind[key] == "plus" ? "≤ + " goal " ms" : "≤ " goal "×"
    if (!measure(key, mode)) return
    met = kind[key] == "share" ? ratio >= goal : ratio <= goal
    print "| " what[key] ", " toupper(mode) " | " wanted " | " against(key) " | " (met ? "met" : "not met") " |"
}

FILENAME == ARGV[1] {
    split($0, field, "|")
    keys[++workloads] = field[1]
    what[field[1]] = field[2]
    unit[field[1]] = field[3]
    per[field[1]] = field[4]
    kind[field[1]] = field[5]
    goal[field[1], "strict"] = field[6]
    goal[field[1], "fast"] = field[7]
    next
}
FILENAME == ARGV[2] {
    facts[++known] = $0
    next
}
{
    raw[$1, $2, $3] = $4
    if (!($1 in seen)) pair[++pairs] = $1
    seen[$1] = 1
}

END {
    print "## Against the targets"
    print ""
    print "| what | target | figure | |"
    print "| --- | --- | --- | --- |"
    for (w = 1; w <= workloads; w++) row(keys[w], "strict", goal[keys[w], "strict"])
    if (measure(keys[1], "fast"))
        for (w = 1; w <= workloads; w++) row(keys[w], "fast", goal[keys[w], "fast"])
    else
        print "| everything, FAST | | not in this build | |"
    for (f = 1; f <= known; f++) {
        gsub(/\|/, " | ", facts[f])
        print "| " facts[f] " |"
    }
    print ""
    print "## All figures"
    print ""
    print "| | plain | STRICT | FAST | ptrace |"
    print "| --- | ---: | ---: | ---: | ---: |"
    split("strict fast ptrace", others, " ")
    for (w = 1; w <= workloads; w++) {
        key = keys[w]
        if (!measure(key, "plain")) continue
        line = "| " what[key] ", " unit[key] " | " number(middle) " (" spread ")"
        for (m = 1; m <= 3; m++) line = line " | " (measure(key, others[m]) ? number(middle) "; " against(key) : "not in this build")
        print line " |"
    }
}
