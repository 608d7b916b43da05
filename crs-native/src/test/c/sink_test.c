#define _GNU_SOURCE
#include "check.h"
#include "json_check.h"
#include "random.h"
#include "sink.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

static struct crs_ring *ring;
static struct crs_sink *sink;
static struct crs_sink_url url;
static struct crs_sink_counts counts;
static char folder[] = "/tmp/crs-sink-XXXXXX", path[64], why[256];
static char text[4 << 20];

static void open_sink(const char *scheme)
{
    char target[128];

    snprintf(target, sizeof target, "%s%s", scheme, strcmp(scheme, "stdout:") == 0 ? "" : path);
    CHECK(crs_sink_parse(target, &url, why, sizeof why) == 0);
    CHECK(crs_ring_create(&ring) == 0 && crs_sink_open(&url, &sink) == 0);
}

static void close_sink(void)
{
    crs_sink_close(sink);
    crs_ring_destroy(ring);
}

static int put(int i, size_t padding)
{
    char body[8192];
    int n = snprintf(body, sizeof body, "\"time\":\"t\",\"type\":\"STANDARD\",\"n\":%d,\"pad\":\"%.*s\"", i, (int)padding,
                     "");

    memset(body + n - 1, 'x', padding);
    memcpy(body + n - 1 + padding, "\"", 1);
    return crs_ring_put(ring, 0, CRS_LANE_EVENTS, 1795289122123456u + (uint64_t)i, body, (size_t)n + padding);
}

static size_t slurp(const char *from)
{
    int fd = open(from, O_RDONLY);
    size_t length = 0;
    ssize_t n;

    CHECK(fd >= 0);
    while ((n = read(fd, text + length, sizeof text - length)) > 0)
        length += (size_t)n;
    close(fd);
    return length;
}

/* Every line is whole and valid; calls `each` with it. The number of lines. */
static int lines_of(size_t length, void (*each)(const char *line, size_t length))
{
    int lines = 0;

    CHECK(length == 0 || text[length - 1] == '\n');
    for (size_t at = 0; at < length; lines++) {
        size_t n = (size_t)((char *)memchr(text + at, '\n', length - at) - (text + at));

        CHECK(json_valid(text + at, n));
        CHECK(strncmp(text + at, "{\"v\":1,\"id\":\"01", 14) == 0);
        if (each != NULL)
            each(text + at, n);
        at += n + 1;
    }
    return lines;
}

static char last_id[32];
static long last_seq, last_n;

static void in_order(const char *line, size_t length)
{
    const char *id = json_get(line, length, "id");
    long seq = strtol(json_get(line, length, "seq"), NULL, 10), n = strtol(json_get(line, length, "n"), NULL, 10);

    CHECK(strlen(id) == 28 && strcmp(id, last_id) > 0);
    CHECK(seq == last_seq + 1 && n == last_n + 1);
    snprintf(last_id, sizeof last_id, "%s", id);
    last_seq = seq;
    last_n = n;
}

static void reset_order(void)
{
    last_id[0] = '\0';
    last_seq = last_n = 0;
}

static void writes_whole_numbered_lines_to_a_file(void)
{
    struct stat st;

    snprintf(path, sizeof path, "%s/events", folder);
    open_sink("file:");
    for (int i = 1; i <= 100; i++)
        CHECK(put(i, (size_t)i * 7) == 0);
    CHECK(crs_sink_pump(sink, ring) == -1 && crs_sink_fd(sink) == -1);
    CHECK(crs_sink_flush(sink, ring, 1000) == 0);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.written == 100 && counts.lost == 0 && counts.error == 0);
    close_sink();
    reset_order();
    CHECK(lines_of(slurp(path), in_order) == 100);
    CHECK(strcmp(json_get(text, strcspn(text, "\n"), "lost"), "0") == 0);
    CHECK(stat(path, &st) == 0 && (st.st_mode & 0777) == 0600);

    open_sink("file:"); /* appends */
    CHECK(put(1, 0) == 0 && crs_sink_flush(sink, ring, 1000) == 0);
    close_sink();
    CHECK(lines_of(slurp(path), NULL) == 101);
    CHECK(unlink(path) == 0);
}

static int gaps;
static long gap_count;

static void count_gaps(const char *line, size_t length)
{
    long seq = strtol(json_get(line, length, "seq"), NULL, 10);

    CHECK(seq == last_seq + 1);
    last_seq = seq;
    if (strcmp(json_get(line, length, "type"), "\"GAP\"") != 0)
        return;
    gaps++;
    gap_count += strtol(json_get(line, length, "count"), NULL, 10);
    CHECK(strlen(json_get(line, length, "since")) == 29 && strlen(json_get(line, length, "reason")) > 10);
    CHECK(strtol(json_get(line, length, "lost"), NULL, 10) == gap_count);
    CHECK(strcmp(json_get(line, length, "container.id"), "\"99cfbd11e113\"") == 0);
}

static void reports_what_an_overflow_lost(void)
{
    struct crs_event_source source;
    int queued = 0;

    snprintf(path, sizeof path, "%s/events", folder);
    open_sink("file:");
    crs_event_source_init(&source, NULL, "99cfbd11e113", NULL, NULL, NULL);
    crs_sink_source(sink, &source);
    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 1000; i++)
            queued += put(i, 600) == 0;
        crs_sink_pump(sink, ring);
    }
    CHECK(crs_sink_flush(sink, ring, 1000) == 0);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.lost == (uint64_t)(2000 - queued) && counts.lost > 0);
    close_sink();
    reset_order();
    gaps = 0;
    gap_count = 0;
    CHECK(lines_of(slurp(path), count_gaps) == queued + 2);
    CHECK(gaps == 2 && gap_count == 2000 - queued);
    CHECK(unlink(path) == 0);
}

static void a_full_disk_is_counted_and_stops_nothing(void)
{
    int result = 0;

    snprintf(path, sizeof path, "/dev/full");
    open_sink("file:");
    for (int i = 0; i < 5000; i++) {
        result = put(i, 600);
        if (i % 100 == 0)
            CHECK(crs_sink_pump(sink, ring) >= 0);
    }
    CHECK(result == -ENOBUFS);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.error == ENOSPC && counts.written == 0 && counts.lost > 3000);
    CHECK(crs_sink_flush(sink, ring, 50) == -ETIMEDOUT);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.lost >= 5000); /* the gap's own line may be among them */
    close_sink();
}

/* A file system of 64 KiB: the file ends with a whole line, and goes on when there is room. */
static void tears_no_line_when_the_disk_fills(void)
{
    char mounted[64];
    int lines, more;

    snprintf(mounted, sizeof mounted, "%s/small", folder);
    CHECK(mkdir(mounted, 0700) == 0);
    if (syscall(SYS_mount, "none", mounted, "tmpfs", 0, "size=64k") != 0) {
        CHECK(rmdir(mounted) == 0);
        fprintf(stderr, "sink_test: cannot mount here, a filling disk was not tried\n");
        return;
    }
    snprintf(path, sizeof path, "%s/small/events", folder);
    open_sink("file:");
    for (int i = 1; i <= 300; i++)
        CHECK(put(i, 333) == 0);
    crs_sink_pump(sink, ring);
    reset_order();
    lines = lines_of(slurp(path), in_order);
    CHECK(lines > 100 && lines < 300);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.error == ENOSPC && counts.written == (uint64_t)lines);
    CHECK(truncate(path, 0) == 0);
    crs_sink_flush(sink, ring, 2000);
    more = lines_of(slurp(path), in_order);
    CHECK(lines + more == 300 || last_n == lines + more);
    close_sink();
    CHECK(syscall(SYS_umount2, mounted, 0) == 0 && rmdir(mounted) == 0);
}

static int listening(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    unlink(path);
    strcpy(address.sun_path, path);
    CHECK(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 1) == 0);
    return fd;
}

/* Reads what is there, or until `length` bytes. */
static size_t take(int fd, char *to, size_t length)
{
    size_t got = 0;
    ssize_t n;

    while (got < length && (n = recv(fd, to + got, length - got, MSG_DONTWAIT)) > 0)
        got += (size_t)n;
    return got;
}

static void until_connected(void)
{
    for (int i = 0; i < 500; i++) {
        crs_sink_pump(sink, ring);
        crs_sink_counts(sink, ring, &counts);
        if (counts.error == 0)
            return;
        usleep(10000);
    }
    CHECK(!"the sink connects");
}

static void waits_for_a_socket_that_is_not_there_yet(void)
{
    size_t length = 0;
    int listener, peer;

    snprintf(path, sizeof path, "%s/socket", folder);
    open_sink("unix:");
    CHECK(put(1, 10) == 0 && crs_sink_pump(sink, ring) > 0);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.error == ENOENT && counts.written == 0);
    listener = listening();
    until_connected();
    CHECK((peer = accept(listener, NULL, NULL)) >= 0);
    length = take(peer, text, sizeof text);
    CHECK(lines_of(length, NULL) == 1);
    CHECK(crs_sink_flush(sink, ring, 1000) == 0);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.written == 1);
    close(peer);
    close(listener);
    close_sink();
}

static uint8_t seen[4096];

static void note_seen(const char *line, size_t length)
{
    const char *n = json_get(line, length, "n");

    if (n[0] != '\0')
        seen[strtol(n, NULL, 10)] = 1;
}

/*
 * A peer that reads a little, in the middle of lines, and goes away, over and over: what each connection carries
 * starts with a whole line, and in the end every event has been read whole at least once.
 */
static void loses_nothing_to_a_peer_that_comes_and_goes(void)
{
    int listener, peer, next = 1;
    size_t length;

    snprintf(path, sizeof path, "%s/socket", folder);
    listener = listening();
    open_sink("unix:");
    memset(seen, 0, sizeof seen);
    random_state = 7;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 20; i++)
            next += put(next, 200 + random_below(2000)) == 0;
        until_connected();
        CHECK((peer = accept(listener, NULL, NULL)) >= 0);
        crs_sink_pump(sink, ring);
        length = take(peer, text, random_below(60000));
        while (length > 0 && text[length - 1] != '\n')
            length--; /* the reader drops its torn end */
        lines_of(length, note_seen);
        close(peer);
        crs_sink_pump(sink, ring); /* notices */
    }
    until_connected();
    CHECK((peer = accept(listener, NULL, NULL)) >= 0);
    length = 0;
    for (int i = 0; i < 200; i++) {
        size_t n = take(peer, text + length, sizeof text - length);

        length += n;
        if (crs_sink_pump(sink, ring) == -1 && n == 0)
            break;
    }
    lines_of(length, note_seen);
    CHECK(crs_sink_flush(sink, ring, 1000) == 0);
    for (int i = 1; i < next; i++)
        CHECK(seen[i]);
    CHECK(next > 300);
    close(peer);
    close(listener);
    close_sink();
}

static void a_slow_peer_stops_nobody(void)
{
    int listener, peer, lost = 0;

    snprintf(path, sizeof path, "%s/socket", folder);
    listener = listening();
    open_sink("unix:");
    CHECK((peer = accept(listener, NULL, NULL)) >= 0);
    for (int i = 0; i < 3000; i++) {
        lost += put(i, 600) != 0;
        if (i % 50 == 0)
            crs_sink_pump(sink, ring);
    }
    CHECK(lost > 500);
    CHECK(crs_sink_fd(sink) >= 0); /* wants to know when it can go on */
    CHECK(crs_sink_flush(sink, ring, 30) == -ETIMEDOUT);
    close(peer);
    close(listener);
    close_sink();
}

/* Standard output is a pipe that the application also writes to, and that nobody may make non-blocking for it. */
static void shares_standard_output(void)
{
    int ends[2], kept = dup(STDOUT_FILENO), lines;
    size_t length;

    CHECK(pipe(ends) == 0 && dup2(ends[1], STDOUT_FILENO) == STDOUT_FILENO);
    open_sink("stdout:");
    for (int i = 1; i <= 300; i++)
        CHECK(put(i, 500) == 0);
    CHECK(crs_sink_pump(sink, ring) == -1 && crs_sink_fd(sink) >= 0); /* the pipe is full */
    CHECK((fcntl(STDOUT_FILENO, F_GETFL) & O_NONBLOCK) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_NONBLOCK) == 0);
    length = 0;
    for (int i = 0; i < 100; i++) {
        ssize_t n = read(ends[0], text + length, sizeof text - length);

        length += n > 0 ? (size_t)n : 0;
        if (crs_sink_pump(sink, ring) == -1 && n <= 0 && crs_sink_fd(sink) < 0)
            break;
    }
    reset_order();
    lines = lines_of(length, in_order);
    CHECK(lines == 300);
    close(ends[0]);
    CHECK(put(1, 1) == 0 && crs_sink_pump(sink, ring) > 0); /* no reader: an error, not a signal */
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.error == EPIPE);
    close_sink();
    CHECK(dup2(kept, STDOUT_FILENO) == STDOUT_FILENO && close(kept) == 0 && close(ends[1]) == 0);
}

static void counts_what_nobody_asked_for(void)
{
    CHECK(crs_sink_parse(NULL, &url, why, sizeof why) == 0 && url.kind == CRS_SINK_NONE);
    CHECK(crs_ring_create(&ring) == 0 && crs_sink_open(&url, &sink) == 0);
    for (int i = 0; i < 50; i++)
        CHECK(put(i, 10) == 0);
    CHECK(crs_sink_pump(sink, ring) == -1 && crs_sink_flush(sink, ring, 10) == 0);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.discarded == 50 && counts.lost == 0 && counts.written == 0);
    close_sink();
}

/* A link put in the way after the start: the sink does not follow it. */
static void follows_no_link_the_application_made(void)
{
    char victim[64], late[64];
    struct stat st;

    snprintf(victim, sizeof victim, "%s/victim", folder);
    snprintf(late, sizeof late, "%s/late", folder);
    snprintf(path, sizeof path, "%s/late/events", folder);
    open_sink("file:"); /* the folder is not there */
    CHECK(put(1, 1) == 0 && mkdir(victim, 0700) == 0 && symlink(victim, late) == 0);
    CHECK(crs_sink_flush(sink, ring, 200) == -ETIMEDOUT);
    crs_sink_counts(sink, ring, &counts);
    CHECK(counts.error == ELOOP);
    close_sink();
    snprintf(path, sizeof path, "%s/victim/events", folder);
    CHECK(stat(path, &st) != 0 && errno == ENOENT);
    CHECK(unlink(late) == 0 && rmdir(victim) == 0);
}

static int parsed(const char *text_of_url)
{
    int err = crs_sink_parse(text_of_url, &url, why, sizeof why);

    CHECK((err == 0) == (why[0] == '\0'));
    CHECK(err == 0 || url.kind == CRS_SINK_NONE);
    return err;
}

static void understands_its_urls(void)
{
    CHECK(parsed("file:/var/log/a") == 0 && url.kind == CRS_SINK_FILE && strcmp(url.path, "/var/log/a") == 0);
    CHECK(parsed("FILE:///var/log/a%20b") == 0 && strcmp(url.path, "/var/log/a b") == 0);
    CHECK(parsed("file://localhost/a") == 0 && strcmp(url.path, "/a") == 0);
    CHECK(parsed("unix:/run/crs.sock") == 0 && url.kind == CRS_SINK_UNIX);
    CHECK(parsed("stdout:") == 0 && url.kind == CRS_SINK_STDOUT);
    CHECK(parsed("") == 0 && url.kind == CRS_SINK_NONE);
    CHECK(parsed("HTTPS://user:secret@host/crs") == 0 && url.kind == CRS_SINK_HTTP && strcmp(url.http.host, "host") == 0);
    CHECK(parsed("http://host") == 0 && url.kind == CRS_SINK_HTTP && url.http.port == 80);
    CHECK(parsed("https://user:secret@ho st/crs") == -EINVAL && strstr(why, "secret") == NULL);
    CHECK(parsed("amqps://user:secret@host/crs") == -EPROTONOSUPPORT);
    CHECK(strcmp(why, "events to amqps: are not supported by this build; use https:, http:, file:, unix: or stdout:") == 0);
    CHECK(parsed("file:relative") == -EINVAL && parsed("file:/") == -EINVAL && parsed("file://host/a") == -EINVAL);
    CHECK(parsed("file:/a%0") == -EINVAL && parsed("file:/a%00b") == -EINVAL && parsed("file:/a%0ab") == -EINVAL);
    CHECK(parsed("stdout:x") == -EINVAL && parsed("/var/log") == -EINVAL && parsed(":") == -EINVAL);
    CHECK(parsed("unix:/012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789"
                 "01234567890123456") == -EINVAL);
}

static void survives_any_url(void)
{
    static const char likely[] = "file:unixstdout/%0aF\xff\x01@.-";
    char any[40];

    random_state = 8;
    for (int round = 0; round < 50000; round++) {
        size_t length = random_below(sizeof any);

        for (size_t i = 0; i < length; i++)
            any[i] = likely[random_below(sizeof likely - 1)];
        memcpy(any, random_below(2) ? "file:/" : "unix:/", length >= 6 && random_below(4) ? 6 : 0);
        any[length] = '\0';
        if (parsed(any) == 0)
            CHECK(url.kind == CRS_SINK_NONE || url.kind == CRS_SINK_STDOUT || url.path[0] == '/');
    }
}

int main(void)
{
    CHECK(mkdtemp(folder) != NULL);
    writes_whole_numbered_lines_to_a_file();
    reports_what_an_overflow_lost();
    a_full_disk_is_counted_and_stops_nothing();
    tears_no_line_when_the_disk_fills();
    waits_for_a_socket_that_is_not_there_yet();
    loses_nothing_to_a_peer_that_comes_and_goes();
    a_slow_peer_stops_nobody();
    shares_standard_output();
    counts_what_nobody_asked_for();
    follows_no_link_the_application_made();
    understands_its_urls();
    survives_any_url();
    snprintf(path, sizeof path, "%s/socket", folder);
    unlink(path);
    CHECK(rmdir(folder) == 0);
    return 0;
}
