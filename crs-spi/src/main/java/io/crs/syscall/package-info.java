/** The system calls of Linux: names, numbers, classes, the roles of their arguments, and the architectures they differ by. */
package io.crs.syscall;
