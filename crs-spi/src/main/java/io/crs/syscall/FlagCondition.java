package io.crs.syscall;

/**
 * A condition on the flags of a call: the bits of {@code mask} have the value {@code value}.
 *
 * @param mask the bits that count
 * @param value their value; no bit outside {@code mask}
 */
public record FlagCondition(int mask, int value) {
    /**
     * Checks the bits.
     *
     * @throws IllegalArgumentException if {@code value} has a bit that {@code mask} lacks, since it could never hold
     */
    public FlagCondition {
        if ((value & ~mask) != 0) {
            throw new IllegalArgumentException("the value 0x%x has bits outside the mask 0x%x".formatted(value, mask));
        }
    }

    /** Whether the condition holds for these flags. */
    public boolean test(int flags) {
        return (flags & mask) == value;
    }

    /** These flags with the bits of the mask set to the value, so that the condition holds. */
    public int impose(int flags) {
        return (flags & ~mask) | value;
    }
}
