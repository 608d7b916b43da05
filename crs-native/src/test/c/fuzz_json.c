/* libFuzzer: a document of a back end, whatever it is about. */
#include "assignment.h"
#include "json_read.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A piece lies in the document and is a document itself. */
static void check_piece(const char *text, size_t size, struct crs_json_text piece)
{
    struct crs_json_text again;

    if (piece.at < text || piece.end > text + size || piece.at >= piece.end ||
        crs_json_read(piece.at, (size_t)(piece.end - piece.at), &again) != 0)
        abort();
}

static void look(const char *text, size_t size, struct crs_json_text root)
{
    struct crs_json_text value, element = {NULL, NULL};
    char buf[64];
    uint64_t number;
    int flag;

    check_piece(text, size, root);
    crs_json_get_string(root, buf, sizeof buf);
    crs_json_get_unsigned(root, 1000, &number);
    crs_json_get_boolean(root, &flag);
    if (crs_json_member(root, "durableSeq", &value) == 0)
        check_piece(text, size, value);
    if (crs_json_member(root, "rejected", &value) == 0)
        while (crs_json_element(value, &element) == 1)
            check_piece(text, size, element);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = malloc(size + 1);
    struct crs_assignment assignment;
    struct crs_json_text root;
    const char *why;

    if (text == NULL)
        return 0;
    memcpy(text, data, size); /* of just its size, so that a look beyond the end is seen */
    text = realloc(text, size == 0 ? 1 : size);
    if (crs_json_read(text, size, &root) == 0)
        look(text, size, root);
    if (crs_assignment_read(text, size, "x86_64", &assignment, &why) == 0 && assignment.has_table && assignment.path[0] != '/')
        abort();
    free(text);
    return 0;
}
