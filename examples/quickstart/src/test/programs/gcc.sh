# shellcheck shell=sh
# A program of two files, a library, what is linked statically, and what the compiled program says.
set -eu
mkdir /tmp/gcc
cd /tmp/gcc
printf '#include <stdio.h>\nint twice(int);\nint main(void) { printf("%%d\\n", twice(21)); return 0; }\n' >main.c
printf 'int twice(int n) { return 2 * n; }\n' >twice.c
gcc -O2 -Wall -Werror -c main.c twice.c
ar rcs libtwice.a twice.o
gcc main.o -L. -ltwice -o linked
./linked
gcc -shared -fPIC twice.c -o libtwice.so
rm libtwice.a
gcc main.c -L. -ltwice -Wl,-rpath,/tmp/gcc -o shared
./shared
gcc -static -flto -O2 -pipe main.c twice.c -o static
./static
echo 'int main(void) { return x; }' >wrong.c
gcc -c wrong.c 2>&1 | grep -c error:
ls
