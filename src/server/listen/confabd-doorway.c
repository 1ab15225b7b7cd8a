/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-doorway"

#include "config.h"

#include "confabd-doorway-private.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define BACKLOG        4096
#define MAX_EVENTS     64
#define MAX_ACCEPTS    32    /* in a row; then those who are inside have their turn */
#define MAX_SHEDS      64
#define PAUSE_MS       100
#define RESERVED_FDS   64    /* for the database, its journal, logs */
#define SWEEP_MS       500

static const char full_answer[] = "HTTP/1.1 503 Service Unavailable\r\n"
                                  "Content-Type: application/json\r\n"
                                  "Retry-After: 5\r\n"
                                  "Content-Length: 66\r\n"
                                  "Connection: close\r\n\r\n"
                                  "{\"code\":\"UNAVAILABLE\","
                                  "\"message\":\"The server has no room just now\"}";

/**
 * ConfabdDoorway:
 *
 * Listens, accepts, and looks at who comes before libsoup has any work with them.
 *
 * libsoup's own listener takes one connection for each turn of the main loop, adds a
 * source for it to a list that is searched from its head, and stops for good when accept()
 * fails once. Here the listening sockets and all who have not finished their request's head
 * are in an epoll set, which the main context sees as one descriptor.
 *
 * Without descriptors a spare one is given up to tell a newcomer 503; then accepting pauses
 * for a moment and always comes back.
 */

static void
listener_free (gpointer data)
{
  ConfabdDoorwayListener *listener = data;

  close (listener->fd);
  g_object_unref (listener->address);
  g_free (listener);
}

static int
open_spare (void)
{
  return open ("/dev/null", O_RDONLY | O_CLOEXEC);
}

static void
watch_listeners (ConfabdDoorway *self,
                 gboolean        watched)
{
  for (guint i = 0; i < self->listeners->len; i++)
    {
      ConfabdDoorwayListener *listener = g_ptr_array_index (self->listeners, i);
      struct epoll_event event = { .events = watched ? EPOLLIN : 0, .data.ptr = listener };

      (void) epoll_ctl (self->epoll_fd, EPOLL_CTL_MOD, listener->fd, &event);
    }
}

static gboolean
resume_cb (gpointer user_data)
{
  ConfabdDoorway *self = user_data;

  g_clear_pointer (&self->resume, g_source_unref);
  if (self->spare_fd < 0)
    self->spare_fd = open_spare ();
  watch_listeners (self, TRUE);

  return G_SOURCE_REMOVE;
}

static void
pause_accepting (ConfabdDoorway *self)
{
  if (self->resume)
    return;

  watch_listeners (self, FALSE);
  self->resume = g_timeout_source_new (PAUSE_MS);
  g_source_set_static_name (self->resume, "[confabd] accept again");
  g_source_set_callback (self->resume, resume_cb, self, NULL);
  g_source_attach (self->resume, g_main_context_get_thread_default ());
}

static void
shed (ConfabdDoorway *self,
      int             fd)
{
  self->stats.n_shed++;

  if (!self->tls)
    {
      (void) send (fd, full_answer, strlen (full_answer), MSG_DONTWAIT | MSG_NOSIGNAL);
      (void) shutdown (fd, SHUT_WR);
    }

  close (fd);
}

/* Gives up the spare descriptor for as long as it takes to tell those who wait. */
static void
shed_with_spare (ConfabdDoorway         *self,
                 ConfabdDoorwayListener *listener)
{
  guint n = 0;

  while (self->spare_fd >= 0 && n++ < MAX_SHEDS)
    {
      int fd;

      close (self->spare_fd);
      fd = accept4 (listener->fd, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
      if (fd >= 0)
        shed (self, fd);

      self->spare_fd = open_spare ();
      if (fd < 0)
        break;
    }

  if (n > 0)
    g_debug ("Out of descriptors: %u newcomers were turned away", n);

  pause_accepting (self);
}

/* Who only might ask again makes room for who asks. */
static gboolean
send_idle_away (ConfabdDoorway *self)
{
  if (!self->idle.head)
    return FALSE;

  confabd_visitor_free (self->idle.head->data);

  return TRUE;
}

static int
move_down (ConfabdDoorway *self,
           int             fd)
{
  int lower = send_idle_away (self) ? fcntl (fd, F_DUPFD_CLOEXEC, 0) : -1;

  if (lower < 0)
    return fd;

  close (fd);

  return lower;
}

static void
take_in (ConfabdDoorway          *self,
         ConfabdDoorwayListener  *listener,
         int                      fd,
         struct sockaddr_storage *address,
         socklen_t                length)
{
  g_autoptr(GSocketAddress) remote = g_socket_address_new_from_native (address, length);
  const int one = 1;

  self->stats.n_accepted++;

  if ((guint) fd > self->max_fd)
    fd = move_down (self, fd);

  if ((guint) fd > self->max_fd || !remote)
    {
      shed (self, fd);
      return;
    }

  (void) setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  confabd_visitor_arrive (self, fd, listener->address, remote);
}

static void
accept_some (ConfabdDoorway         *self,
             ConfabdDoorwayListener *listener)
{
  for (guint i = 0; i < MAX_ACCEPTS; i++)
    {
      struct sockaddr_storage address;
      socklen_t length = sizeof address;
      int fd = accept4 (listener->fd, (struct sockaddr *) &address, &length,
                        SOCK_CLOEXEC | SOCK_NONBLOCK);

      if (fd >= 0)
        take_in (self, listener, fd, &address, length);
      else if (errno == EMFILE || errno == ENFILE)
        {
          if (send_idle_away (self))
            continue;

          shed_with_spare (self, listener);
          return;
        }
      else if (errno == ENOBUFS || errno == ENOMEM)
        {
          pause_accepting (self);
          return;
        }
      else if (errno == EAGAIN)
        return;

      /* The rest of accept()'s errors are those of one connection that broke meanwhile. */
    }
}

static gboolean
ready_cb (int          fd,
          GIOCondition condition,
          gpointer     user_data)
{
  ConfabdDoorway *self = user_data;
  struct epoll_event events[MAX_EVENTS];
  gboolean listening[MAX_EVENTS];
  int n = epoll_wait (self->epoll_fd, events, MAX_EVENTS, 0);

  self->busy = TRUE;

  for (int i = 0; i < n; i++)
    {
      ConfabdDoorwayKind *kind = events[i].data.ptr;

      listening[i] = *kind == CONFABD_DOORWAY_LISTENER;
      if (!listening[i])
        confabd_visitor_go_on ((ConfabdVisitor *) kind);
    }

  /* Newcomers may push out those who are idle, of whom there may have been news in this batch. */
  for (int i = 0; i < n; i++)
    if (listening[i])
      accept_some (self, events[i].data.ptr);

  self->busy = FALSE;
  if (self->options.batch_ended)
    self->options.batch_ended (self->options.user_data);

  return G_SOURCE_CONTINUE;
}

static gboolean
sweep_cb (gpointer user_data)
{
  ConfabdDoorway *self = user_data;

  confabd_visitor_sweep (self, base_clock_get_monotonic_us (self->options.clock));

  if (self->waiting.length + self->idle.length + self->answering.length +
        self->lingering.length > 0)
    return G_SOURCE_CONTINUE;

  /* Nobody is here: the idle server has no timer. */
  g_clear_pointer (&self->sweeper, g_source_unref);

  return G_SOURCE_REMOVE;
}

void
confabd_doorway_need_sweeper (ConfabdDoorway *self)
{
  if (self->sweeper)
    return;

  self->sweeper = g_timeout_source_new (SWEEP_MS);
  g_source_set_static_name (self->sweeper, "[confabd] sweep the doorway");
  g_source_set_callback (self->sweeper, sweep_cb, self, NULL);
  g_source_attach (self->sweeper, g_main_context_get_thread_default ());
}

static guint
pick_max_fd (void)
{
  struct rlimit limit;

  if (getrlimit (RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
    return G_MAXINT;

  return limit.rlim_cur > 4 * RESERVED_FDS ? limit.rlim_cur - RESERVED_FDS : G_MAXINT;
}

/**
 * confabd_doorway_new:
 * @server: who answers requests; not listening by itself
 * @options: how to behave
 *
 * Returns: (transfer full): a doorway, closed until confabd_doorway_open()
 */
ConfabdDoorway *
confabd_doorway_new (SoupServer                  *server,
                     const ConfabdDoorwayOptions *options)
{
  ConfabdDoorway *self = g_new0 (ConfabdDoorway, 1);

  self->server = g_object_ref (server);
  self->options = *options;
  self->listeners = g_ptr_array_new_with_free_func (listener_free);
  self->serving = g_hash_table_new (NULL, NULL);
  self->spare_fd = open_spare ();
  self->max_fd = options->max_fd ? options->max_fd : pick_max_fd ();
  g_queue_init (&self->waiting);
  g_queue_init (&self->idle);
  g_queue_init (&self->answering);
  g_queue_init (&self->held);
  g_queue_init (&self->lingering);

  self->epoll_fd = epoll_create1 (EPOLL_CLOEXEC);
  if (self->epoll_fd < 0)
    g_error ("Cannot make an epoll set: %s", g_strerror (errno));

  confabd_visitor_connect (self);

  return self;
}

/**
 * confabd_doorway_open:
 * @self: a doorway
 *
 * Begins to take people in. Those who came since it listens wait in the kernel.
 */
void
confabd_doorway_open (ConfabdDoorway *self)
{
  g_return_if_fail (self->source == NULL);

  self->source = g_unix_fd_source_new (self->epoll_fd, G_IO_IN);
  g_source_set_static_name (self->source, "[confabd] doorway");
  g_source_set_callback (self->source, G_SOURCE_FUNC (ready_cb), self, NULL);
  g_source_attach (self->source, g_main_context_get_thread_default ());
}

static void
clear_source (GSource **source)
{
  if (*source)
    g_source_destroy (*source);

  g_clear_pointer (source, g_source_unref);
}

static void
free_all (GQueue *queue)
{
  while (queue->head)
    confabd_visitor_free (queue->head->data);
}

/**
 * confabd_doorway_free:
 * @self: (transfer full): a doorway
 *
 * Those who are with libsoup stay there.
 */
void
confabd_doorway_free (ConfabdDoorway *self)
{
  g_signal_handlers_disconnect_by_data (self->server, self);
  free_all (&self->waiting);
  free_all (&self->idle);
  free_all (&self->answering);
  free_all (&self->held);
  free_all (&self->lingering);
  clear_source (&self->early);
  clear_source (&self->source);
  clear_source (&self->sweeper);
  clear_source (&self->resume);
  g_ptr_array_unref (self->listeners);
  g_hash_table_unref (self->serving);
  if (self->spare_fd >= 0)
    close (self->spare_fd);
  close (self->epoll_fd);
  g_object_unref (self->server);
  g_free (self);
}

/**
 * confabd_doorway_set_tls:
 * @self: a doorway
 * @tls: (nullable): what connections are to be secured with; outlives @self
 */
void
confabd_doorway_set_tls (ConfabdDoorway *self,
                         ConfabdTls     *tls)
{
  self->tls = tls;
}

static gboolean
fail_with_errno (GError     **error,
                 const char  *what,
                 const char  *address)
{
  int saved = errno;

  g_set_error (error, G_IO_ERROR, g_io_error_from_errno (saved), "%s %s: %s", what, address,
               saved == EADDRINUSE ? "the port is in use" : g_strerror (saved));

  return FALSE;
}

static gboolean
add_listener (ConfabdDoorway  *self,
              int              fd,
              GError         **error)
{
  struct epoll_event event = { .events = EPOLLIN };
  struct sockaddr_storage address;
  socklen_t length = sizeof address;
  ConfabdDoorwayListener *listener;

  if (getsockname (fd, (struct sockaddr *) &address, &length) < 0)
    return fail_with_errno (error, "Cannot listen on", "a socket");

  /* libsoup takes our own address for one with a port. */
  if (address.ss_family != AF_INET && address.ss_family != AF_INET6)
    {
      g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_NOT_SUPPORTED,
                           "Cannot listen on a socket that is not TCP");
      return FALSE;
    }

  listener = g_new0 (ConfabdDoorwayListener, 1);
  listener->kind = CONFABD_DOORWAY_LISTENER;
  listener->fd = fd;
  listener->address = g_socket_address_new_from_native (&address, length);
  g_ptr_array_add (self->listeners, listener);

  event.data.ptr = listener;
  if (epoll_ctl (self->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
    {
      fail_with_errno (error, "Cannot listen on", "a socket");
      g_ptr_array_remove (self->listeners, listener);
      return FALSE;
    }

  return TRUE;
}

/* "HOST:PORT", "[V6]:PORT" or "PORT"; HOST is an address, "localhost" or "*". */
static GSocketAddress *
parse_address (const char  *text,
               GError     **error)
{
  const char *colon = strrchr (text, ':');
  g_autofree char *host = colon ? g_strndup (text, colon - text) : g_strdup ("127.0.0.1");
  GSocketAddress *address = NULL;
  guint64 port;

  if (g_ascii_string_to_unsigned (colon ? colon + 1 : text, 10, 0, G_MAXUINT16, &port, NULL))
    {
      gsize length = strlen (host);

      if (length > 2 && host[0] == '[' && host[length - 1] == ']')
        {
          host[length - 1] = '\0';
          address = g_inet_socket_address_new_from_string (host + 1, port);
        }
      else if (g_str_equal (host, "localhost"))
        address = g_inet_socket_address_new_from_string ("127.0.0.1", port);
      else if (g_str_equal (host, "*"))
        address = g_inet_socket_address_new_from_string ("::", port);
      else if (!strchr (host, ':'))
        address = g_inet_socket_address_new_from_string (host, port);
    }

  if (!address)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
                 "Cannot listen on %s: give an address and a port, "
                 "such as 127.0.0.1:8440 or [::]:8440", text);

  return address;
}

static int
open_listening (GSocketAddress *address)
{
  struct sockaddr_storage native;
  gssize length = g_socket_address_get_native_size (address);
  const int one = 1;
  int fd;

  if (!g_socket_address_to_native (address, &native, sizeof native, NULL))
    return -1;

  fd = socket (native.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0)
    return -1;

  /* A restart must not wait for the last run's connections to fade away. */
  (void) setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);

  if (bind (fd, (struct sockaddr *) &native, length) < 0 || listen (fd, BACKLOG) < 0)
    {
      int saved = errno;

      close (fd);
      errno = saved;
      return -1;
    }

  return fd;
}

/**
 * confabd_doorway_listen:
 * @self: a doorway
 * @address: "HOST:PORT", "[V6]:PORT" or "PORT"; port 0 picks a free one
 * @error: return location for an error
 *
 * Returns: whether it listens there
 */
gboolean
confabd_doorway_listen (ConfabdDoorway  *self,
                        const char      *address,
                        GError         **error)
{
  g_autoptr(GSocketAddress) parsed = parse_address (address, error);
  int fd;

  if (!parsed)
    return FALSE;

  fd = open_listening (parsed);
  if (fd < 0)
    return fail_with_errno (error, "Cannot listen on", address);

  if (!add_listener (self, fd, error))
    return FALSE;

  return TRUE;
}

/**
 * confabd_doorway_listen_fd:
 * @self: a doorway
 * @fd: (transfer full): a listening socket, such as systemd hands over
 * @error: return location for an error
 *
 * Returns: whether it listens there
 */
gboolean
confabd_doorway_listen_fd (ConfabdDoorway  *self,
                           int              fd,
                           GError         **error)
{
  if (!g_unix_set_fd_nonblocking (fd, TRUE, error))
    return FALSE;

  (void) fcntl (fd, F_SETFD, FD_CLOEXEC);

  return add_listener (self, fd, error);
}

/**
 * confabd_doorway_get_uri:
 * @self: a doorway that listens
 *
 * Returns: (transfer full): where a client on this machine finds it
 */
char *
confabd_doorway_get_uri (ConfabdDoorway *self)
{
  ConfabdDoorwayListener *listener = g_ptr_array_index (self->listeners, 0);
  GInetSocketAddress *socket_address = G_INET_SOCKET_ADDRESS (listener->address);
  GInetAddress *address = g_inet_socket_address_get_address (socket_address);
  g_autofree char *host = NULL;

  if (g_inet_address_get_is_any (address))
    host = g_strdup ("127.0.0.1");
  else if (g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6)
    {
      g_autofree char *text = g_inet_address_to_string (address);

      host = g_strdup_printf ("[%s]", text);
    }
  else
    host = g_inet_address_to_string (address);

  return g_strdup_printf ("%s://%s:%u", self->tls ? "https" : "http", host,
                          g_inet_socket_address_get_port (socket_address));
}

/**
 * confabd_doorway_close:
 * @self: a doorway
 *
 * Listens no more. Those who are inside are served once more.
 */
void
confabd_doorway_close (ConfabdDoorway *self)
{
  clear_source (&self->resume);
  g_ptr_array_set_size (self->listeners, 0);
  self->closed = TRUE;
  free_all (&self->idle);
}

/**
 * confabd_doorway_is_busy:
 * @self: a doorway
 *
 * Returns: whether batch_ended will be called as soon as what runs now returns
 */
gboolean
confabd_doorway_is_busy (ConfabdDoorway *self)
{
  return self->busy;
}

void
confabd_doorway_get_stats (ConfabdDoorway      *self,
                           ConfabdDoorwayStats *stats)
{
  *stats = self->stats;
  stats->n_waiting = self->waiting.length;
  stats->n_idle = self->idle.length;
  stats->n_serving = self->answering.length + self->held.length;
}
