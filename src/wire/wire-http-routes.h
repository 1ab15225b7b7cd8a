/* SPDX-License-Identifier: LGPL-2.1-or-later */

#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* PROTOCOL.md, "HTTP": which request means what. */
typedef enum {
  WIRE_ROUTE_MALFORMED,      /* 400: no path of ours, nor of anybody */
  WIRE_ROUTE_NONE,           /* 404 */
  WIRE_ROUTE_WRONG_METHOD,   /* 405: methods are those of the path */
  WIRE_ROUTE_OPTIONS,        /* asks for the methods of the path */
  WIRE_ROUTE_SOCKET,         /* GET /api */
  WIRE_ROUTE_SERVER,         /* GET /v1/server */
  WIRE_ROUTE_SIGN_UP,        /* POST /v1/sign-up, and so on */
  WIRE_ROUTE_SIGN_IN,
  WIRE_ROUTE_REFRESH,
  WIRE_ROUTE_SIGN_OUT,
  WIRE_ROUTE_PROFILE,
  WIRE_ROUTE_PASSWORD,
  WIRE_ROUTE_HEALTH,         /* GET /healthz */
  WIRE_ROUTE_METRICS,        /* GET /metrics */
  WIRE_ROUTE_SKAPI_SERVICE,  /* GET or POST /api/service */
  WIRE_ROUTE_SKAPI_GROUPS,   /* POST /api/get-ws-group */
  WIRE_ROUTE_SKAPI_SUBSCRIBE,   /* POST /api/store-subscription */
  WIRE_ROUTE_SKAPI_UNSUBSCRIBE, /* POST /api/delete-subscription */
  WIRE_ROUTE_SKAPI_PUSH_KEY,    /* POST /api/get-vapid-public-key */
  WIRE_ROUTE_SKAPI_NOTIFY,      /* POST /api/push-notification */
  WIRE_ROUTE_SOCKET_IO,         /* /socket.io/, whatever the method */
  WIRE_ROUTE_ALTOGIC_MEMBERS,   /* POST [/e:ID]/_api/rest/v1/realtime/get-members */
  WIRE_ROUTE_SKAPI_ADMIN,    /* GET /REGION/admin-v1.json, also v2 */
  WIRE_ROUTE_SKAPI_RECORD,   /* GET /REGION/record-v1.json, also v2 */
} WireRoute;

typedef enum {
  WIRE_METHOD_GET  = 1 << 0, /* and HEAD */
  WIRE_METHOD_POST = 1 << 1,
  WIRE_METHOD_ANY  = 1 << 2, /* the others too: who answers says what is wrong with them */
} WireMethods;

/* One request, as far as its first line tells. */
typedef struct
{
  WireRoute    route;
  WireRoute    asked;      /* of OPTIONS: what the path is */
  WireMethods  methods;    /* that the path has, if it is one of ours */
  char         region[5];  /* of the Skapi files: the first four characters of a service */
  char        *token;      /* of the socket: from the query, or NULL */
} WireHttpRequest;

#define WIRE_HTTP_MAX_TARGET_BYTES 20480

void   wire_http_request_parse (WireHttpRequest       *self,
                                const char            *method,
                                const char            *target);
char  *wire_http_request_print (const WireHttpRequest *self);
void   wire_http_request_clear (WireHttpRequest       *self);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (WireHttpRequest, wire_http_request_clear)

G_END_DECLS
