/* Couriers, each in a process of its own as in the agent, and a back end that says what the test wants it to. */
#define _GNU_SOURCE
#include "backend.h"
#include "check.h"
#include "json_check.h"
#include "log.h"
#include "table.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <mbedtls/sha256.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define WAIT_MS 15000

static struct crs_backend backend;
static struct crs_event_source source;
static int server = -1, peer = -1;
static uint16_t port;
static pid_t courier;
static char request[600 << 10], head[4096], *body;
static uint64_t next_seq;

/* ---- the back end */

static void listen_again(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
    socklen_t size = sizeof address;
    int one = 1;

    server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    CHECK(server >= 0 && setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one) == 0);
    CHECK(bind(server, (struct sockaddr *)&address, sizeof address) == 0 && listen(server, 8) == 0);
    CHECK(getsockname(server, (struct sockaddr *)&address, &size) == 0);
    port = ntohs(address.sin_port);
}

static void hang_up(void)
{
    if (peer >= 0)
        close(peer);
    peer = -1;
}

static int is_ready(int fd, int ms)
{
    struct pollfd polled = {.fd = fd, .events = POLLIN};

    return poll(&polled, 1, ms) == 1;
}

/* One connection is looked at at a time: the newest, once the one before has ended. */
static int next_bytes(char *to, size_t cap)
{
    for (;;) {
        struct pollfd polled[] = {{.fd = peer, .events = POLLIN}, {.fd = server, .events = POLLIN}};
        ssize_t n;

        CHECK(poll(polled, 2, WAIT_MS) > 0);
        if (peer >= 0 && polled[0].revents != 0) {
            n = read(peer, to, cap);
            if (n > 0)
                return (int)n;
            hang_up();
        } else if (polled[1].revents != 0) {
            hang_up();
            peer = accept4(server, NULL, NULL, SOCK_CLOEXEC);
            CHECK(peer >= 0);
            return 0;
        }
    }
}

/* The next request as a whole: its head in `head`, what follows from `body` on. */
static void receive(void)
{
    size_t length = 0, wanted = SIZE_MAX;
    char *end = NULL;

    while (length < wanted) {
        int n = next_bytes(request + length, sizeof request - 1 - length);

        length = n == 0 ? 0 : length + (size_t)n;
        request[length] = '\0';
        end = strstr(request, "\r\n\r\n");
        wanted = SIZE_MAX;
        if (end != NULL) {
            const char *told = strcasestr(request, "content-length: ");

            wanted = (size_t)(end + 4 - request) + (told != NULL && told < end ? strtoul(told + 16, NULL, 10) : 0);
        }
    }
    CHECK(length == wanted && (size_t)(end - request) < sizeof head);
    memcpy(head, request, (size_t)(end - request) + 2);
    head[end - request + 2] = '\0';
    body = end + 4;
}

static int asks_for(const char *what)
{
    return strncmp(head, what, strlen(what)) == 0;
}

static int says(const char *line)
{
    char whole[300];

    snprintf(whole, sizeof whole, "\r\n%s\r\n", line);
    return strstr(head, whole) != NULL;
}

static void answer_bytes(const char *status, const char *headers, const void *bytes, size_t length)
{
    char text[512];
    int n = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Length: %zu\r\n%s\r\n", status, length, headers);

    CHECK(write(peer, text, (size_t)n) == n && write(peer, bytes, length) == (ssize_t)length);
}

static void answer(const char *status, const char *headers, const char *document)
{
    answer_bytes(status, headers, document, strlen(document));
}

static void takes_registration(const char *token)
{
    char document[128];

    receive();
    CHECK(asks_for("POST /crs/v1.3/agents HTTP/1.1\r\n") && says("Authorization: Basic dXM6cDpw"));
    CHECK(json_valid(body, strlen(body)) && strstr(body, "\"platform\":\"linux/") != NULL);
    snprintf(document, sizeof document, "{\"agentId\":\"a1\",\"token\":\"%s\"}", token);
    answer("201 Created", "", document);
}

static void durable(uint64_t seq)
{
    char document[128];

    snprintf(document, sizeof document, "{\"durableSeq\":%llu,\"rejected\":[]}", (unsigned long long)seq);
    answer("200 OK", "", document);
}

/* ---- the agent */

static void begin(void)
{
    const char *why;
    char url[64];

    port = 0;
    listen_again();
    snprintf(url, sizeof url, "http://us:p%%3Ap@127.0.0.1:%u/crs/v1.3", port);
    memset(&backend, 0, sizeof backend);
    backend.shared = mmap(NULL, sizeof *backend.shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(backend.shared != MAP_FAILED && crs_offers_init(&backend.shared->offers) == 0);
    CHECK(crs_outbox_create(&backend.outbox) == 0 && crs_ring_create(&backend.ring) == 0);
    CHECK(crs_url_parse(url, &backend.url, &why) == 0);
    atomic_store(&backend.shared->enforcement, CRS_ENFORCES_ALL);
    backend.source = &source;
    backend.image_digest = "";
    backend.architecture = "x86_64";
    backend.parent = getpid();
    backend.slot[0] = 0;
    backend.slot[1] = 1;
    next_seq = 1;
}

static void start(enum crs_courier which)
{
    long pid = syscall(SYS_clone, (unsigned long)(CLONE_FILES | SIGCHLD), 0, 0, 0, 0);

    CHECK(pid >= 0);
    if (pid == 0)
        crs_courier(&backend, which);
    courier = (pid_t)pid;
}

static void stop(enum crs_courier which)
{
    kill(courier, SIGKILL);
    CHECK(waitpid(courier, NULL, 0) == courier);
    crs_courier_clean(&backend, which, courier);
}

static void end(enum crs_courier which)
{
    stop(which);
    hang_up();
    close(server);
    close(backend.shared->offers.wake_fd);
    munmap(backend.shared, sizeof *backend.shared);
    crs_outbox_destroy(backend.outbox);
    crs_ring_destroy(backend.ring);
}

static void put(uint64_t lines, size_t length)
{
    for (uint64_t i = 0; i < lines; i++) {
        char *room = crs_outbox_room(backend.outbox, length + 32);
        int n;

        CHECK(room != NULL);
        n = sprintf(room, "{\"seq\":%llu,\"x\":\"", (unsigned long long)next_seq);
        memset(room + n, 'x', length);
        memcpy(room + n + length, "\"}\n", 3);
        crs_outbox_add(backend.outbox, (size_t)n + length + 3, next_seq++);
    }
}

/* The lines of a body are those with the sequence numbers from..to, each once and in order. */
static void carries(uint64_t from, uint64_t to)
{
    char *line = body;

    CHECK(asks_for("POST /crs/v1.3/agents/a1/events HTTP/1.1\r\n") && says("Content-Type: application/x-ndjson"));
    for (uint64_t seq = from; seq <= to; seq++) {
        char start_of_line[64];

        snprintf(start_of_line, sizeof start_of_line, "{\"seq\":%llu,", (unsigned long long)seq);
        CHECK(strncmp(line, start_of_line, strlen(start_of_line)) == 0);
        line = strchr(line, '\n');
        CHECK(line != NULL);
        line++;
    }
    CHECK(*line == '\0');
}

static void await_left(uint64_t lines)
{
    for (int i = 0; i < WAIT_MS / 10 && crs_outbox_left(backend.outbox) != lines; i++)
        usleep(10000);
    CHECK(crs_outbox_left(backend.outbox) == lines);
}

/* The next thing the agent says about itself. */
static void hears(const char *part)
{
    char said[CRS_BODY_MAX];
    uint64_t time;
    int length = 0;

    for (int i = 0; i < WAIT_MS / 10 && length == 0; i++) {
        usleep(10000);
        length = crs_ring_peek(backend.ring, said, sizeof said - 1, &time);
    }
    CHECK(length > 0);
    said[length] = '\0';
    CHECK(strstr(said, "\"HEALTH\"") != NULL && strstr(said, part) != NULL);
    CHECK(strstr(said, "p:p") == NULL && strstr(said, "dXM6") == NULL && strstr(said, "t1") == NULL);
    crs_ring_drop(backend.ring);
}

/* ---- events */

static void lines_are_let_go_when_they_are_durable(void)
{
    begin();
    put(3, 10);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    CHECK(says("Authorization: Bearer t1"));
    carries(1, 3);
    CHECK(crs_outbox_left(backend.outbox) == 3);
    durable(2);
    receive();
    carries(3, 3);
    CHECK(crs_outbox_left(backend.outbox) == 1);
    durable(3);
    await_left(0);
    put(1, 10);
    receive();
    carries(4, 4);
    durable(1000000); /* no more is let go than was sent */
    await_left(0);
    CHECK(crs_outbox_released(backend.outbox) == 4 && !crs_outbox_failing(backend.outbox));
    end(CRS_COURIER_EVENTS);
}

static void a_token_that_is_refused_is_renewed(void)
{
    begin();
    put(2, 10);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    answer("401 Unauthorized", "", "{}");
    takes_registration("t2");
    receive();
    CHECK(says("Authorization: Bearer t2"));
    carries(1, 2);
    durable(2);
    await_left(0);
    end(CRS_COURIER_EVENTS);
}

static void rejected_lines_do_not_go_again(void)
{
    begin();
    put(4, 10);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    carries(1, 4);
    answer("200 OK", "", "{\"durableSeq\":0,\"rejected\":[{\"line\":1,\"reason\":\"x\"},{\"line\":2}]}");
    receive();
    carries(3, 4);
    answer("200 OK", "", "{\"durableSeq\":3,\"rejected\":[{\"line\":2,\"reason\":\"x\"}]}");
    await_left(0);
    end(CRS_COURIER_EVENTS);
}

/* Whatever happens to an answer, what it was about goes again. */
static void answers_that_do_not_come_or_cannot_be_read_let_go_of_nothing(void)
{
    static const char *const answers[] = {
        "", "HTTP/1.1 200 OK\r\nContent-Length: 21\r\n\r\n{\"durableSeq\":99}", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}",
        "SSH-2.0-x\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 17\r\nTransfer-Encoding: chunked\r\n\r\n{\"durableSeq\":99}",
        "HTTP/1.1 500 No\r\nContent-Length: 17\r\n\r\n{\"durableSeq\":99}",
        "HTTP/1.1 302 There\r\nLocation: http://127.0.0.2/\r\nContent-Length: 17\r\n\r\n{\"durableSeq\":99}",
    };

    begin();
    start(CRS_COURIER_EVENTS);
    put(1, 10);
    takes_registration("t1");
    receive();
    durable(1);
    await_left(0);
    for (size_t i = 0; i < sizeof answers / sizeof *answers; i++) {
        put(1, 10);
        receive();
        carries(i + 2, i + 2);
        CHECK(write(peer, answers[i], strlen(answers[i])) == (ssize_t)strlen(answers[i]));
        hang_up();
        receive();
        CHECK(crs_outbox_left(backend.outbox) == 1);
        carries(i + 2, i + 2);
        durable(i + 2);
        await_left(0);
    }
    end(CRS_COURIER_EVENTS);
}

static void a_courier_that_dies_leaves_its_lines_to_the_next(void)
{
    char before[64 << 10];

    begin();
    put(100, 100);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    strcpy(before, body);
    stop(CRS_COURIER_EVENTS);
    start(CRS_COURIER_EVENTS);
    receive(); /* registered already */
    CHECK(says("Authorization: Bearer t1") && strcmp(before, body) == 0);
    durable(100);
    await_left(0);
    end(CRS_COURIER_EVENTS);
}

/* Also when it dies registering, with the lock: the next one does not wait for it. */
static void a_courier_that_dies_registering_stops_nobody(void)
{
    begin();
    put(1, 10);
    start(CRS_COURIER_EVENTS);
    receive();
    CHECK(asks_for("POST /crs/v1.3/agents HTTP/1.1\r\n"));
    stop(CRS_COURIER_EVENTS);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    carries(1, 1);
    durable(1);
    await_left(0);
    end(CRS_COURIER_EVENTS);
}

static void waits_as_long_as_it_is_asked_to(void)
{
    int64_t asked;

    begin();
    put(1, 10);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    answer("429 Too Many Requests", "Retry-After: 2\r\n", "");
    asked = crs_monotonic_ms();
    receive();
    CHECK(crs_monotonic_ms() - asked >= 1900);
    carries(1, 1);
    CHECK(crs_outbox_failing(backend.outbox));
    durable(1);
    await_left(0);
    end(CRS_COURIER_EVENTS);
}

static void sends_batches_of_a_bounded_size_and_smaller_ones_if_asked_to(void)
{
    uint64_t by_cause[CRS_LOSSES];
    uint64_t sent = 0;

    begin();
    put(600, 1000);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    while (sent < 600) {
        uint64_t lines = 0;

        receive();
        for (char *at = body; *at != '\0'; at++)
            lines += *at == '\n';
        CHECK(strlen(body) <= 256 << 10 && lines > 50);
        carries(sent + 1, sent + lines);
        sent += lines;
        durable(sent);
    }
    await_left(0);
    put(2, 1000);
    receive();
    carries(601, 602);
    answer("413 Too Large", "", "");
    receive();
    carries(601, 601);
    durable(601);
    receive();
    carries(602, 602);
    answer("413 Too Large", "", "");
    await_left(0);
    CHECK(crs_ring_losses(backend.ring, by_cause, NULL) == 1 && by_cause[CRS_LOSS_SINK] == 1);
    end(CRS_COURIER_EVENTS);
}

/* While nobody listens, and after: everything arrives. */
static void a_back_end_may_go_and_come_back(void)
{
    begin();
    put(5, 10);
    start(CRS_COURIER_EVENTS);
    takes_registration("t1");
    receive();
    durable(5);
    await_left(0);
    hang_up();
    close(server);
    put(5, 10);
    for (int i = 0; i < WAIT_MS / 10 && !crs_outbox_failing(backend.outbox); i++)
        usleep(10000);
    CHECK(crs_outbox_failing(backend.outbox) && crs_outbox_left(backend.outbox) == 5);
    listen_again();
    receive();
    carries(6, 10);
    durable(10);
    await_left(0);
    end(CRS_COURIER_EVENTS);
}

static void credentials_that_are_refused_are_told(void)
{
    begin();
    put(1, 10);
    start(CRS_COURIER_EVENTS);
    receive();
    answer("401 Unauthorized", "", "");
    hears("does not take the credentials");
    receive();
    answer("201 Created", "", "{\"agentId\":\"../x\",\"token\":\"t\"}");
    receive();
    answer("201 Created", "", "{\"agentId\":\"a\",\"token\":\"t\\r\\nX: y\"}");
    receive();
    CHECK(asks_for("POST /crs/v1.3/agents HTTP/1.1\r\n"));
    end(CRS_COURIER_EVENTS);
}

/* ---- the policy */

static uint8_t table[300000], digest[32];
static char table_path[128];

static void assigns(uint64_t generation, const char *more, const char *path)
{
    char document[512], etag[64];

    snprintf(document, sizeof document, "{\"generation\":%llu%s,\"tables\":{\"x86_64\":\"%s\"}}", (unsigned long long)generation, more, path);
    snprintf(etag, sizeof etag, "ETag: \"%llu\"\r\n", (unsigned long long)generation);
    answer("200 OK", etag, document);
}

static void is_asked_for_the_policy(const char *etag)
{
    receive();
    CHECK(asks_for("GET /crs/v1.3/agents/a1/config?wait=30 HTTP/1.1\r\n") && says("Authorization: Bearer t1"));
    CHECK(etag == NULL ? strstr(head, "If-None-Match") == NULL : says(etag));
}

/* crs-init's part; the answer is NULL or why it is not taken. */
static void takes_offer(struct crs_offer *offer, const char *why_not)
{
    struct crs_offers *offers = &backend.shared->offers;

    CHECK(is_ready(offers->wake_fd, WAIT_MS) && crs_offer_take(offers, offer));
    crs_offer_answer(offers, why_not);
}

static void make_table(void)
{
    char *at = table_path + sprintf(table_path, "/crs/v1.3/tables/sha256:");

    for (size_t i = 0; i < sizeof table; i++)
        table[i] = (uint8_t)(i * 7 ^ i >> 8);
    CHECK(mbedtls_sha256_ret(table, sizeof table, digest, 0) == 0);
    for (size_t i = 0; i < sizeof digest; i++)
        at += sprintf(at, "%02x", digest[i]);
}

static void a_table_is_fetched_offered_and_acknowledged(void)
{
    struct crs_offer offer;
    uint8_t *bytes;

    begin();
    start(CRS_COURIER_POLICY);
    takes_registration("t1");
    is_asked_for_the_policy(NULL);
    assigns(7, ",\"policyMode\":\"PERMISSIVE\",\"logMode\":\"ALL\"", table_path);
    receive();
    CHECK(asks_for("GET /crs/v1.3/tables/sha256:") && says("Authorization: Bearer t1"));
    answer_bytes("200 OK", "", table, sizeof table);
    takes_offer(&offer, NULL);
    CHECK(offer.generation == 7 && offer.size == sizeof table && offer.policy_mode == CRS_PERMISSIVE && offer.log_mode == 15);
    bytes = mmap(NULL, sizeof table, PROT_READ, MAP_PRIVATE, offer.fd, 0);
    CHECK(bytes != MAP_FAILED && memcmp(bytes, table, sizeof table) == 0);
    munmap(bytes, sizeof table);
    close(offer.fd);
    receive();
    CHECK(asks_for("POST /crs/v1.3/agents/a1/applied HTTP/1.1\r\n") && strcmp(body, "{\"generation\":7}") == 0);
    answer("204 No Content", "", "");
    is_asked_for_the_policy("If-None-Match: \"7\"");
    answer("304 Not Modified", "", "");
    /* Another mode of the same table: nothing is fetched. It answered at once, so it is asked again after a while. */
    is_asked_for_the_policy("If-None-Match: \"7\"");
    assigns(8, ",\"passive\":true", table_path);
    takes_offer(&offer, NULL);
    CHECK(offer.generation == 8 && offer.fd == -1 && offer.passive && offer.policy_mode == -1);
    receive();
    CHECK(strcmp(body, "{\"generation\":8}") == 0);
    end(CRS_COURIER_POLICY);
}

static void a_table_that_is_not_the_one_its_digest_tells_is_not_offered(void)
{
    struct crs_offer offer;

    begin();
    start(CRS_COURIER_POLICY);
    takes_registration("t1");
    is_asked_for_the_policy(NULL);
    assigns(1, "", table_path);
    receive();
    table[5] ^= 1;
    answer_bytes("200 OK", "", table, sizeof table);
    table[5] ^= 1;
    hears("not the one its digest tells");
    is_asked_for_the_policy(NULL);
    CHECK(!crs_offer_take(&backend.shared->offers, &offer));
    assigns(1, "", table_path);
    receive();
    answer_bytes("200 OK", "", table, sizeof table - 1); /* cut */
    is_asked_for_the_policy(NULL);
    CHECK(!crs_offer_take(&backend.shared->offers, &offer));
    end(CRS_COURIER_POLICY);
}

static void what_is_refused_is_told_and_not_acknowledged(void)
{
    struct crs_offer offer;

    begin();
    start(CRS_COURIER_POLICY);
    takes_registration("t1");
    is_asked_for_the_policy(NULL);
    assigns(3, "", table_path);
    receive();
    answer_bytes("200 OK", "", table, sizeof table);
    takes_offer(&offer, "it is for another architecture");
    close(offer.fd);
    hears("the one before stays: it is for another architecture");
    is_asked_for_the_policy("If-None-Match: \"3\"");
    end(CRS_COURIER_POLICY);
}

/* A back end that lost its memory counts from the start: its answer is not taken for the one before. */
static void who_registers_anew_asks_anew(void)
{
    struct crs_offer offer;

    begin();
    start(CRS_COURIER_POLICY);
    takes_registration("t1");
    is_asked_for_the_policy(NULL);
    answer("200 OK", "ETag: \"1\"\r\n", "{\"generation\":1}");
    takes_offer(&offer, NULL);
    receive();
    answer("204 No Content", "", "");
    receive();
    answer("401 Unauthorized", "", "");
    takes_registration("t1");
    is_asked_for_the_policy(NULL);
    end(CRS_COURIER_POLICY);
}

static void a_document_without_an_end_is_given_up(void)
{
    char piece[4096];
    struct crs_offer offer;

    begin();
    start(CRS_COURIER_POLICY);
    takes_registration("t1");
    is_asked_for_the_policy(NULL);
    CHECK(write(peer, "HTTP/1.1 200 OK\r\n\r\n", 19) == 19);
    memset(piece, ' ', sizeof piece);
    for (int i = 0; i < 1000 && send(peer, piece, sizeof piece, MSG_NOSIGNAL) > 0; i++)
        ;
    is_asked_for_the_policy(NULL);
    CHECK(!crs_offer_take(&backend.shared->offers, &offer));
    end(CRS_COURIER_POLICY);
}

static void pauses_grow_to_a_bound(void)
{
    uint32_t failures = 0;
    int64_t most = 200;

    for (int i = 0; i < 40; i++) {
        int64_t pause = crs_backoff_next(&failures);

        CHECK(pause >= most / 2 && pause <= most);
        most = most * 2 > 60000 ? 60000 : most * 2;
    }
}

/* Each waits for clocks most of its time, so they run at once. */
static void (*const tests[])(void) = {
    pauses_grow_to_a_bound,
    lines_are_let_go_when_they_are_durable,
    a_token_that_is_refused_is_renewed,
    rejected_lines_do_not_go_again,
    answers_that_do_not_come_or_cannot_be_read_let_go_of_nothing,
    a_courier_that_dies_leaves_its_lines_to_the_next,
    a_courier_that_dies_registering_stops_nobody,
    waits_as_long_as_it_is_asked_to,
    sends_batches_of_a_bounded_size_and_smaller_ones_if_asked_to,
    a_back_end_may_go_and_come_back,
    credentials_that_are_refused_are_told,
    a_table_is_fetched_offered_and_acknowledged,
    a_table_that_is_not_the_one_its_digest_tells_is_not_offered,
    what_is_refused_is_told_and_not_acknowledged,
    who_registers_anew_asks_anew,
    a_document_without_an_end_is_given_up,
};
#define TESTS (sizeof tests / sizeof *tests)

int main(void)
{
    struct crs_config quiet = {.log_level = CRS_LOG_ERROR};
    pid_t running[TESTS];
    int failed = 0, status;

    CHECK(crs_log_open(&quiet) == 0);
    make_table();
    for (size_t i = 0; i < TESTS; i++) {
        running[i] = fork();
        CHECK(running[i] >= 0);
        if (running[i] == 0) {
            alarm(120);
            tests[i]();
            exit(0);
        }
    }
    for (size_t i = 0; i < TESTS; i++)
        failed += waitpid(running[i], &status, 0) != running[i] || status != 0;
    return failed != 0;
}
