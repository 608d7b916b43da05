package io.crs.syscall;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SyscallFileTest {
    private static final String TOP = "# source: linux-libc-dev 6.1\n\n" + SyscallFile.HEADER + "\n";

    @Test
    void readsEveryColumn() {
        Syscall call = SyscallTable.parse(TOP + "# a comment\nlink,86,,LINK,old;-;new,link,0x300=0x100,86,sys_link\n")
                .all()
                .get(0);
        assertEquals("link", call.name());
        assertEquals(86, call.x86_64().orElseThrow());
        assertTrue(call.aarch64().isEmpty());
        assertEquals(OperationClass.LINK, call.operation());
        assertEquals(List.of(ArgumentRole.OLD, ArgumentRole.RAW, ArgumentRole.NEW), call.roles());
        assertEquals(Optional.of("link"), call.group());
        assertEquals(Optional.of(new FlagCondition(0x300, 0x100)), call.flags());
        assertEquals(86, call.guideNumber().orElseThrow());
        assertEquals(Optional.of("sys_link"), call.guideName());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,1,1,NONE,,,                        | 9 fields expected, found 7",
                ",1,1,NONE,,,,,                       | a call without a name",
                "a,one,1,NONE,,,,,                    | one",
                "a,-1,1,NONE,,,,,                     | a negative number",
                "a,1,1,none,,,,,                      | unknown word none",
                "a,1,1,NONE,path,,,,                  | unknown word PATH",
                "a,1,1,NONE,PORT,,,,                  | lower case: PORT",
                "a,1,1,NONE,old;new;old;new,,,,       | at most 3 roles, found 4",
                "a,1,1,NONE,,,1=1,,                   | mask=value in hex",
                "a,1,1,NONE,,,arg7,,                  | mask=value in hex",
                "a,1,1,NONE,,,0x1=0x2,,               | outside the mask",
                "a,1,1,NONE,,,,7,                     | not both",
            })
    void aFaultNamesItsLine(String row, String message) {
        Exception e = assertThrows(IllegalArgumentException.class, () -> SyscallTable.parse(TOP + row.strip() + "\n"));
        assertTrue(e.getMessage().startsWith("line 4: "), e::getMessage);
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "a,1,1,NONE,,,,,        | a,2,2,NONE,,,,,        | a is both",
                "a,1,1,NONE,,,,,        | b,1,2,NONE,,,,,        | 1 is both a and b",
                "a,1,2,NONE,,,,,        | b,2,2,NONE,,,,,        | 2 is both a and b",
                "a,1,1,NONE,,,,9,sys_a  | b,2,2,NONE,,,,9,sys_b  | 9 is both a and b",
                "a,1,1,NONE,,,,1,sys_a  | b,2,2,NONE,,,,2,sys_a  | sys_a is both a and b",
                "a,1,1,NONE,,,,1,b      | b,2,2,NONE,,,,2,sys_b  | b is both b and a",
            })
    void aNameOrNumberStandsOnce(String first, String second, String message) {
        String text = TOP + first.strip() + "\n" + second.strip() + "\n";
        Exception e = assertThrows(IllegalArgumentException.class, () -> SyscallTable.parse(text));
        assertTrue(e.getMessage().contains(message), e::getMessage);
    }

    @Test
    void theFileNamesItsSourceFirst() {
        assertThrows(IllegalArgumentException.class, () -> SyscallTable.parse(SyscallFile.HEADER + "\n"));
        assertThrows(IllegalArgumentException.class, () -> SyscallTable.parse(""));
        assertEquals("linux-libc-dev 6.1", SyscallTable.parse(TOP).source());
    }

    @Test
    void aHeaderOfOtherColumnsIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> SyscallTable.parse("# source: x\nname,number\nread,0\n"));
    }
}
