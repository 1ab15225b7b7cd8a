/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include "base-uuid.h"

#include <glib.h>

G_BEGIN_DECLS

/* What get-ws-group is asked (PROTOCOL.md, "Lists of groups and users"). */
typedef enum {
  WIRE_GROUP_BY_NAME,
  WIRE_GROUP_BY_SIZE,
  WIRE_GROUP_USERS,       /* the connections in one group */
} WireGroupList;

typedef enum {
  WIRE_GROUP_ALL,
  WIRE_GROUP_GREATER,
  WIRE_GROUP_AT_LEAST,    /* of names: starts with */
  WIRE_GROUP_EQUAL,
  WIRE_GROUP_LESS,
  WIRE_GROUP_AT_MOST,     /* of names: equal */
  WIRE_GROUP_NOT_EQUAL,
  WIRE_GROUP_BETWEEN,
} WireGroupCondition;

typedef struct
{
  WireGroupList       list;
  WireGroupCondition  condition;
  gboolean            descending;
  guint               limit;
  char               *group;        /* of WIRE_GROUP_USERS */
  gboolean            has_user_id;
  BaseUuid            user_id;      /* only theirs */
  char               *text;         /* what a name is compared with, … */
  char               *text_to;      /* … and the end of a range */
  double              number;       /* what a size is compared with, … */
  double              number_to;    /* … and the end of a range */
  char               *start_name;   /* NULL: from the start; else behind this name or cid … */
  guint64             start_size;   /* … of this size */
} WireGroupQuery;

/* A group with its size, or a connection with its user. */
typedef struct
{
  char     *name;      /* of the group, or the cid */
  guint     n_users;
  BaseUuid  user_id;
} WireGroupRow;

WireGroupQuery *wire_group_query_parse  (const char            *json,
                                         gsize                  length,
                                         GError               **error);
void            wire_group_query_free   (WireGroupQuery        *self);
char           *wire_group_query_answer (const WireGroupQuery  *self,
                                         const char            *service,
                                         GArray                *rows);

GArray         *wire_group_rows_new     (void);
void            wire_group_rows_add     (GArray                *rows,
                                         const char            *name,
                                         guint                  n_users,
                                         const BaseUuid        *user_id);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (WireGroupQuery, wire_group_query_free)

G_END_DECLS
