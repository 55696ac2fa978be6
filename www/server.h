/*
 * The HTTPS server: libmicrohttpd with one internal poll thread. Its thread checks the head of a
 * request, collects the body, answers static files and refusals itself, and hands everything else
 * to the mailbox. No handler blocks.
 *
 * Never MHD_USE_EPOLL, MHD_USE_TURBO or MHD_USE_AUTO here: with TLS one byte of an unauthenticated
 * client makes their loop spin.
 */
#ifndef WWW_SERVER_H
#define WWW_SERVER_H

struct asset;
struct connections;
struct mailbox;
struct server;
struct tls;

struct server_parts {
	struct tls *tls;
	struct mailbox *mailbox;
	struct connections *connections;
	const struct asset *description; /* of the REST interface */
};

/* Takes fd; parts must outlive the server. */
int server_start(int fd, const struct server_parts *parts, struct server **ret);
/* Every exchange must have been resumed. */
void server_stop(struct server *server);

#endif
