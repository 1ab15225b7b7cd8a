/* SPDX-License-Identifier: GPL-3.0-or-later */

#pragma once

#include <confab.h>

G_BEGIN_DECLS

char *app_people_describe_typing  (GListModel    *users);
char *app_people_describe_text    (ConfabMessage *message);
char *app_people_describe_message (ConfabMessage *message,
                                   gboolean       in_group);
char *app_people_describe_room    (ConfabRoom    *room,
                                   gboolean       with_draft);
char *app_people_describe_attendance (ConfabRoom *room,
                                      gboolean    brief);

G_END_DECLS
