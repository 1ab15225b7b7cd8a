/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* Of a UUID as text, with the end of the string. */
#define APP_CALL_ID_SIZE 37

/* How a call ended, as its caller has written it into the conversation. */
typedef enum {
  APP_CALL_OUTCOME_ANSWERED,
  APP_CALL_OUTCOME_MISSED,
  APP_CALL_OUTCOME_CANCELLED,
  APP_CALL_OUTCOME_DECLINED,
  APP_CALL_OUTCOME_BUSY,
  APP_CALL_OUTCOME_FAILED,
} AppCallOutcome;

/**
 * AppCallEntry:
 * @call_id: the id of the call; empty for one that has none worth the name
 * @video: whether it was meant to be a video call
 * @outcome: how it ended
 * @duration_s: how long it lasted, if it was answered
 *
 * What a conversation keeps of a call.
 */
typedef struct
{
  char           call_id[APP_CALL_ID_SIZE];
  gboolean       video;
  AppCallOutcome outcome;
  guint          duration_s;
} AppCallEntry;

gboolean app_call_entry_parse (const char         *content,
                               AppCallEntry       *entry);
char    *app_call_entry_print (const AppCallEntry *entry);

char       *app_call_entry_describe  (const AppCallEntry *entry,
                                      gboolean            outgoing);
char       *app_call_entry_summarize (const AppCallEntry *entry,
                                      gboolean            outgoing);
const char *app_call_entry_get_icon  (const AppCallEntry *entry,
                                      gboolean            outgoing);
gboolean    app_call_entry_is_missed (const AppCallEntry *entry,
                                      gboolean            outgoing);

char *app_call_entry_format_duration (guint seconds);

G_END_DECLS
