/* The couriers' lives, and what they bring, as crs-init sees them. */
#ifndef CRS_COURIERS_H
#define CRS_COURIERS_H

#include "backend.h"

struct crs_config;
struct crs_sink_url;
struct crs_supervisor;

struct crs_couriers {
    struct crs_backend *backend;   /* NULL: events do not go to a back end */
    pid_t pid[CRS_COURIERS];       /* 0: none is running */
    uint32_t deaths[CRS_COURIERS]; /* in a row */
    int64_t started_ms[CRS_COURIERS], due_ms[CRS_COURIERS];
    uint8_t settling;              /* an offer was taken, and is not through yet */
    uint8_t waiting;               /* an offer was taken, and waits for another change to get through */
    struct crs_offer offer;
};

/*
 * What the couriers will need, before the application runs: settings, the bundle of authorities, memory to share. What
 * of the settings cannot be followed is told. 0 or -errno.
 */
int crs_couriers_prepare(struct crs_supervisor *s, const struct crs_config *config, const struct crs_sink_url *url);

/* Starts both. 0 or -errno. */
int crs_couriers_start(struct crs_supervisor *s);

/* A child was reaped: if it was a courier another one takes its place, after a while if they keep dying. */
void crs_courier_ended(struct crs_supervisor *s, pid_t pid);

/* To poll for POLLIN; -1: none. */
int crs_couriers_fd(const struct crs_supervisor *s);
/* Does what is to be done: replaces the dead, puts offers in force. Milliseconds until it wants to be called again, -1. */
int crs_couriers_look(struct crs_supervisor *s);

/* 1 if the process is a courier. */
int crs_couriers_has(const struct crs_couriers *couriers, pid_t pid);
/* Ends and reaps both. */
void crs_couriers_stop(struct crs_supervisor *s);

#endif
