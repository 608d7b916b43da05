package io.crs.host;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** A program of classic BPF as seccomp(2) runs it: on a call's number, architecture and six arguments. */
final class BpfProgram {
    private static final int WORD = 4;
    private static final int LENGTH = 8;

    private final ByteBuffer code;

    /** The program in these bytes, eight for each instruction: code, two jumps, and an operand. */
    BpfProgram(byte[] instructions) {
        if (instructions.length == 0 || instructions.length % LENGTH != 0) {
            throw new IllegalArgumentException(instructions.length + " bytes are no program");
        }
        code = ByteBuffer.wrap(instructions).order(ByteOrder.nativeOrder());
    }

    int length() {
        return code.capacity() / LENGTH;
    }

    /** What it returns for a call. */
    int run(int number, int arch, long... arguments) {
        ByteBuffer data = ByteBuffer.allocate(16 + 6 * Long.BYTES).order(ByteOrder.nativeOrder());
        data.putInt(number).putInt(arch).putLong(0);
        for (long argument : arguments) {
            data.putLong(argument);
        }
        int register = 0;
        for (int at = 0; ; at++) {
            int place = at * LENGTH;
            int operand = code.getInt(place + WORD);
            boolean holds;
            switch (Short.toUnsignedInt(code.getShort(place))) {
                case 0x20 -> { // ld [k]
                    register = data.getInt(operand);
                    continue;
                }
                case 0x54 -> { // and #k
                    register &= operand;
                    continue;
                }
                case 0x05 -> { // ja k
                    at += operand;
                    continue;
                }
                case 0x06 -> { // ret #k
                    return operand;
                }
                case 0x15 -> holds = register == operand;
                case 0x25 -> holds = Integer.compareUnsigned(register, operand) > 0;
                case 0x35 -> holds = Integer.compareUnsigned(register, operand) >= 0;
                case 0x45 -> holds = (register & operand) != 0;
                default -> throw new AssertionError("an instruction that is not known at " + at);
            }
            at += Byte.toUnsignedInt(code.get(place + (holds ? 2 : 3)));
        }
    }
}
