/* Being registered with the back end: the agent's id and the token its requests carry from then on. */
#ifndef CRS_SESSION_H
#define CRS_SESSION_H

#include "client.h"

/* A courier's copy. */
struct crs_identity_card {
    uint32_t version; /* 0: none yet */
    char id[CRS_AGENT_ID];
    char token[CRS_TOKEN];
};

/*
 * The registration in force, made if there is none. 0; -EACCES: the back end does not take the credentials; else -errno;
 * client->why says more. *retry_after gets what the back end asks to wait, in seconds, or -1.
 */
int crs_session_get(struct crs_client *client, struct crs_identity_card *card, int32_t *retry_after);

/* The back end does not know this token any more. */
void crs_session_refused(struct crs_backend *backend, const struct crs_identity_card *card);

/* The path of something of this agent's: {base}/agents/{id}{rest}. 0 or -EMSGSIZE. */
int crs_session_path(const struct crs_backend *backend, const struct crs_identity_card *card, const char *rest, char *out,
                     size_t cap);

#endif
