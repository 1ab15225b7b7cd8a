/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-http-head"

#include "config.h"

#include "confabd-http-head.h"

#include <string.h>

#define MAX_HEADERS 100

#define STATUS_BAD_REQUEST     400
#define STATUS_HEAD_TOO_LARGE  431
#define STATUS_NOT_IMPLEMENTED 501

/* What two servers in a row could read differently is refused here, before libsoup 3.6.5 picks
 * one of the meanings: two hosts, two lengths, a length and a transfer coding, folded lines,
 * bare line ends, blanks around names (RFC 9112 §5, §6.3). */

typedef struct
{
  guint  n_headers;
  guint  n_hosts;
  guint  n_lengths;
  guint  n_codings;
  guint  n_strange;   /* codings other than "chunked" */
} Census;

static gboolean
is_token_char (char c)
{
  return g_ascii_isalnum (c) || (c && strchr ("!#$%&'*+-.^_`|~", c));
}

static gboolean
is_named (const char *line,
          gsize       n,
          const char *name)
{
  return n == strlen (name) && g_ascii_strncasecmp (line, name, n) == 0;
}

static void
strip (const char **value,
       gsize       *n)
{
  while (*n > 0 && (**value == ' ' || **value == '\t'))
    {
      (*value)++;
      (*n)--;
    }

  while (*n > 0 && ((*value)[*n - 1] == ' ' || (*value)[*n - 1] == '\t'))
    (*n)--;
}

/* Digits only; a number too large for us is as large as can be. */
static gboolean
parse_length (const char *value,
              gsize       n,
              gsize      *length)
{
  gsize found = 0;

  strip (&value, &n);

  if (n == 0)
    return FALSE;

  for (gsize i = 0; i < n; i++)
    {
      if (!g_ascii_isdigit (value[i]))
        return FALSE;

      found = MIN (found * 10 + (value[i] - '0'), G_MAXUINT32);
    }

  *length = found;

  return TRUE;
}

/* RFC 9112 §9.3: a connection lasts unless somebody says "close". */
static void
read_connection (const char      *value,
                 gsize            n,
                 ConfabdHttpHead *head)
{
  while (n > 0)
    {
      const char *comma = memchr (value, ',', n);
      const char *option = value;
      gsize length = comma ? (gsize) (comma - value) : n;

      value += MIN (length + 1, n);
      n -= MIN (length + 1, n);
      strip (&option, &length);
      if (is_named (option, length, "close"))
        head->persistent = FALSE;
    }
}

static gboolean
count_header (const char      *line,
              gsize            length,
              ConfabdHttpHead *head,
              Census          *census)
{
  const char *value;
  gsize n_value;
  gsize n = 0;

  while (n < length && is_token_char (line[n]))
    n++;

  /* An empty name, a folded line, or a blank before the colon. */
  if (n == 0 || n == length || line[n] != ':')
    return FALSE;

  census->n_headers++;
  value = line + n + 1;
  n_value = length - n - 1;

  if (is_named (line, n, "host"))
    census->n_hosts++;
  else if (is_named (line, n, "connection"))
    read_connection (value, n_value, head);
  else if (is_named (line, n, "transfer-encoding"))
    {
      strip (&value, &n_value);
      census->n_codings++;
      census->n_strange += !is_named (value, n_value, "chunked");
    }
  else if (is_named (line, n, "content-length"))
    {
      census->n_lengths++;
      return parse_length (value, n_value, &head->n_body_bytes);
    }

  return TRUE;
}

/* METHOD SP TARGET SP HTTP/1.x */
static gboolean
read_request_line (const char      *line,
                   gsize            length,
                   ConfabdHttpHead *head)
{
  const char *first = memchr (line, ' ', length);
  const char *last = memrchr (line, ' ', length);

  if (!first || first == line || last <= first + 1 || memchr (first + 1, ' ', last - first - 1))
    return FALSE;

  if (line + length - last != 9 || memcmp (last + 1, "HTTP/1.", 7) != 0 ||
      (last[8] != '0' && last[8] != '1'))
    return FALSE;

  head->target = first + 1;
  head->n_target_bytes = last - first - 1;
  head->persistent = last[8] == '1';

  return TRUE;
}

static gboolean
is_clean (const char *line,
          gsize       length)
{
  for (gsize i = 0; i < length; i++)
    if (line[i] == '\0' || line[i] == '\r' || line[i] == '\n')
      return FALSE;

  return TRUE;
}

static gboolean
take_census (const char      *data,
             const char      *end,
             ConfabdHttpHead *head,
             Census          *census)
{
  gboolean first = TRUE;

  while (data < end)
    {
      const char *eol = memmem (data, end + 2 - data, "\r\n", 2);
      gsize length = eol - data;

      if (!is_clean (data, length))
        return FALSE;

      if (first ? !read_request_line (data, length, head)
                : !count_header (data, length, head, census))
        return FALSE;

      first = FALSE;
      data = eol + 2;
    }

  return !first;
}

static guint
judge (ConfabdHttpHead *head,
       const Census    *census,
       gboolean         is_1_1)
{
  if (census->n_hosts > 1 || census->n_lengths > 1 || census->n_codings > 1 ||
      (census->n_codings > 0 && (census->n_lengths > 0 || !is_1_1)))
    return STATUS_BAD_REQUEST;

  if (census->n_strange > 0)
    return STATUS_NOT_IMPLEMENTED;

  head->chunked = census->n_codings > 0;

  return census->n_headers > MAX_HEADERS ? STATUS_HEAD_TOO_LARGE : 0;
}

/**
 * confabd_http_head_check:
 * @data: what a client has sent so far
 * @length: how much
 * @head: (out caller-allocates): what a good head says
 * @status: (out): the HTTP status of a refusal
 *
 * Returns: whether the head is there and can have one meaning only
 */
ConfabdHttpHeadVerdict
confabd_http_head_check (const char      *data,
                         gsize            length,
                         ConfabdHttpHead *head,
                         guint           *status)
{
  const char *end = memmem (data, length, "\r\n\r\n", 4);
  Census census = { 0 };
  gboolean is_1_1;

  if ((end ? (gsize) (end - data) : length) > CONFABD_HTTP_HEAD_MAX_BYTES)
    {
      *status = STATUS_HEAD_TOO_LARGE;
      return CONFABD_HTTP_HEAD_REFUSED;
    }

  if (!end)
    return CONFABD_HTTP_HEAD_PARTIAL;

  *head = (ConfabdHttpHead) { .n_bytes = end + 4 - data };
  *status = STATUS_BAD_REQUEST;
  if (take_census (data, end, head, &census))
    {
      is_1_1 = head->target[head->n_target_bytes + strlen (" HTTP/1.")] == '1';
      *status = judge (head, &census, is_1_1);
    }

  return *status == 0 ? CONFABD_HTTP_HEAD_GOOD : CONFABD_HTTP_HEAD_REFUSED;
}
