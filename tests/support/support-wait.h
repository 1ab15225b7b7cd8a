/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <gio/gio.h>

G_BEGIN_DECLS

/* Ends only what would never end: machines may be slow, and busy with other tests. */
#define SUPPORT_WAIT_MS (60 * 1000)

/* Runs the main context until @condition holds, and fails the test if it does not in time. */
#define support_wait_until(condition) \
        G_STMT_START \
        { \
          gint64 support_end_us = support_wait_begin (); \
          while (!(condition)) \
          support_wait_step (support_end_us, #condition, __FILE__, __LINE__); \
        } \
        G_STMT_END

gint64 support_wait_begin      (void);
void   support_wait_step       (gint64        end_us,
                                const char   *condition,
                                const char   *file,
                                int           line);
/* Runs what is due now, without waiting. */
void   support_run_pending     (void);
/* For calls with a result: hands a reference on to the GAsyncResult pointer in @user_data. */
void   support_take_result_cb  (GObject      *source,
                                GAsyncResult *result,
                                gpointer      user_data);
/* A folder for this test, and its end. */
char  *support_make_folder     (void);
void   support_remove_folder   (const char   *path);

/* Waits for the result of an asynchronous call whose callback is support_take_result_cb(). */
#define support_wait_for(result) support_wait_until ((result) != NULL)

G_END_DECLS
