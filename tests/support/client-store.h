/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include "confab-event-private.h"
#include "confab-store-messages-private.h"
#include "confab-store-rooms-private.h"
#include "confab-store-schema-private.h"

G_BEGIN_DECLS

#define CLIENT_STORE_ANN "aaaaaaaa-0000-4000-8000-000000000001"
#define CLIENT_STORE_BOB "bbbbbbbb-0000-4000-8000-000000000002"

/* The client's database without its threads, for tests of what is written and read. */
ConfabEvent *client_store_make_event (guint64     seq,
                                      const char *user_id,
                                      const char *text);
void         client_store_add_room   (BaseDb     *db,
                                      const char *rid);
/* Messages "rid N" from @first_seq to @last_seq, in one page. */
void         client_store_fill       (BaseDb     *db,
                                      const char *rid,
                                      guint64     first_seq,
                                      guint64     last_seq);
void         client_store_keep       (BaseDb     *db,
                                      const char *rid,
                                      guint64     seq,
                                      const char *text);
/* "1 2 3 [1-3]": the seqs of a page and what it covers; takes @page. */
char        *client_store_print_page (ConfabPage *page);

G_END_DECLS
