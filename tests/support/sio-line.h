/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confab-sio-private.h"
#include "fake-space.h"

G_BEGIN_DECLS

/**
 * SioLine:
 *
 * A client of Socket.IO, and a server that keeps to a program, one per connection; the last one
 * goes for all further ones. A program is a list of lines:
 *
 *   upgrade      answers the handshake of the WebSocket
 *   open         and sends the open packet
 *   greet        and takes the client in, as "N" and the number of the connection
 *   >TEXT        sends a text message, #HEX bytes
 *   <TEXT        the next message has to be TEXT; "b:HEX" is one of bytes
 *   <*           takes the next message, whatever it is
 *   answer N TEXT  answers the request with status N
 *   raw TEXT     sends TEXT, where | ends a line of HTTP
 *   tell WORD    hands WORD to the test: sio_line_await_word()
 *   close        closes the WebSocket, 1000
 *   wait         until the client closes
 *
 * At its end the connection is dropped. What the client tells is put in writing, a line each.
 */
typedef struct
{
  ConfabTime         *time;      /* stands still */
  ConfabHttp         *http;
  ConfabSio          *sio;
  FakeSpace          *space;     /* NULL: another server */
  GString            *log;
  const char *const  *programs;
} SioLine;

SioLine *sio_line_new         (const char *const *programs,
                               ConfabEioWay       way);
/* To a server that is there already. */
SioLine *sio_line_new_at      (const char        *url,
                               const char        *namespace_path,
                               ConfabEioWay       way);
SioLine *sio_line_new_script  (FakeSpaceScript    script,
                               gpointer           user_data,
                               ConfabEioWay       way);
void     sio_line_free        (SioLine           *self);
/* Runs one program for a script of one's own. */
void     sio_line_play        (FakePeer          *peer,
                               guint              number,
                               const char        *program);
gboolean sio_line_emit        (SioLine           *self,
                               const char        *payload);
/* Waits until the log ends with @line. */
void     sio_line_await       (SioLine           *self,
                               const char        *line);
void     sio_line_await_word  (SioLine           *self,
                               const char        *word);
void     sio_line_assert_log  (SioLine           *self,
                               const char        *log);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (SioLine, sio_line_free)

G_END_DECLS
