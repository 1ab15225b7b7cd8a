/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-http-routes.h"

#include <string.h>

static void
assert_route (const char *method,
              const char *target,
              WireRoute   route)
{
  g_auto(WireHttpRequest) request = { 0 };

  wire_http_request_parse (&request, method, target);
  g_assert_cmpint (request.route, ==, route);
}

static void
test_every_route_is_found (void)
{
  assert_route ("GET", "/api", WIRE_ROUTE_SOCKET);
  assert_route ("GET", "/v1/server", WIRE_ROUTE_SERVER);
  assert_route ("HEAD", "/v1/server", WIRE_ROUTE_SERVER);
  assert_route ("POST", "/v1/sign-up", WIRE_ROUTE_SIGN_UP);
  assert_route ("POST", "/v1/sign-in", WIRE_ROUTE_SIGN_IN);
  assert_route ("POST", "/v1/refresh", WIRE_ROUTE_REFRESH);
  assert_route ("POST", "/v1/sign-out", WIRE_ROUTE_SIGN_OUT);
  assert_route ("POST", "/v1/profile", WIRE_ROUTE_PROFILE);
  assert_route ("POST", "/v1/password", WIRE_ROUTE_PASSWORD);
  assert_route ("GET", "/healthz", WIRE_ROUTE_HEALTH);
  assert_route ("GET", "/metrics", WIRE_ROUTE_METRICS);
  assert_route ("GET", "/api/service?service=x&owner=y", WIRE_ROUTE_SKAPI_SERVICE);
  assert_route ("POST", "/api/service", WIRE_ROUTE_SKAPI_SERVICE);
  assert_route ("POST", "/api/get-ws-group", WIRE_ROUTE_SKAPI_GROUPS);
  assert_route ("POST", "/api/store-subscription", WIRE_ROUTE_SKAPI_SUBSCRIBE);
  assert_route ("POST", "/api/delete-subscription", WIRE_ROUTE_SKAPI_UNSUBSCRIBE);
  assert_route ("POST", "/api/get-vapid-public-key", WIRE_ROUTE_SKAPI_PUSH_KEY);
  assert_route ("POST", "/api/push-notification", WIRE_ROUTE_SKAPI_NOTIFY);
  assert_route ("GET", "/us31/admin-v1.json", WIRE_ROUTE_SKAPI_ADMIN);
  assert_route ("GET", "/us31/record-v2.json", WIRE_ROUTE_SKAPI_RECORD);
}

static void
test_what_is_not_there_is_not_found (void)
{
  static const char *const targets[] = {
    "/", "/v1", "/v1/", "/v1/server/", "//v1/server", "/V1/server", "/v1/servers",
    "/us3/admin-v1.json",
    "/us311/admin-v1.json", "/us3-/admin-v1.json", "/us31/admin-v3.json", "/us31/",
    "/v1/serve%72%20x/y",
    "/v1\\server", "/...", "/v1/...",
  };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    {
      g_auto(WireHttpRequest) request = { 0 };

      wire_http_request_parse (&request, "GET", targets[i]);
      g_assert_cmpint (request.route, <=, WIRE_ROUTE_NONE);
    }
}

static void
test_malformed_targets_are_refused (void)
{
  static const char *const targets[] = {
    "", "*", "v1/server", "/v1/%", "/v1/%2", "/v1/%zz", "/v1/server%00", "/v1%2fserver", "/%0a",
    "/v1/server#x",
    "/v1/../v1/server", "/./v1/server", "/v1/server/..", "/v1/%2e%2E/server", "/%2e", "/a b",
    "/\x7f", "/%ff",
    "/\xff", "http://host", "http://host?x", "ftp://host/v1/server", "/api?token=a&token=b",
    "/api?token=%0a",
    "/api?token=%ff", "/api?token=%",
  };

  for (guint i = 0; i < G_N_ELEMENTS (targets); i++)
    assert_route ("GET", targets[i], WIRE_ROUTE_MALFORMED);
}

static void
test_escapes_mean_what_they_stand_for (void)
{
  assert_route ("GET", "/%76%31/server", WIRE_ROUTE_SERVER);
  assert_route ("GET", "/v1/serve%72?x=%", WIRE_ROUTE_SERVER);
}

static void
test_absolute_targets_are_understood (void)
{
  assert_route ("GET", "http://host:80/v1/server", WIRE_ROUTE_SERVER);
  assert_route ("GET", "HTTPS://[::1]/healthz?x", WIRE_ROUTE_HEALTH);
}

static void
test_methods_are_those_of_the_path (void)
{
  g_auto(WireHttpRequest) wrong = { 0 };
  g_auto(WireHttpRequest) options = { 0 };

  wire_http_request_parse (&wrong, "DELETE", "/api/service");
  g_assert_cmpint (wrong.route, ==, WIRE_ROUTE_WRONG_METHOD);
  g_assert_cmpint (wrong.methods, ==, WIRE_METHOD_GET | WIRE_METHOD_POST);

  wire_http_request_parse (&options, "OPTIONS", "/v1/sign-up");
  g_assert_cmpint (options.route, ==, WIRE_ROUTE_OPTIONS);
  g_assert_cmpint (options.asked, ==, WIRE_ROUTE_SIGN_UP);
  g_assert_cmpint (options.methods, ==, WIRE_METHOD_POST);

  assert_route ("get", "/v1/server", WIRE_ROUTE_WRONG_METHOD);
  assert_route ("", "/v1/server", WIRE_ROUTE_WRONG_METHOD);
  assert_route ("GET", "/v1/sign-up", WIRE_ROUTE_WRONG_METHOD);
  assert_route ("OPTIONS", "/nothing", WIRE_ROUTE_NONE);
}

static void
assert_token (const char *target,
              const char *token)
{
  g_auto(WireHttpRequest) request = { 0 };

  wire_http_request_parse (&request, "GET", target);
  g_assert_cmpint (request.route, ==, WIRE_ROUTE_SOCKET);
  g_assert_cmpstr (request.token, ==, token);
}

static void
test_the_token_is_found_bare_or_encoded (void)
{
  assert_token ("/api", NULL);
  assert_token ("/api?", NULL);
  assert_token ("/api?x=token=y", NULL);
  assert_token ("/api?token=", "");
  assert_token ("/api?token=aa.bb.cc", "aa.bb.cc");
  assert_token ("/api?token=aa%2ebb%2Ecc&x=1", "aa.bb.cc");
  assert_token ("/api?x=1&token=IdT:s:o:a.b.c", "IdT:s:o:a.b.c");
  assert_token ("/api?token=a/b%2fc", "a/b/c");
}

static void
test_very_long_targets_are_refused (void)
{
  g_autofree char *name = g_strnfill (WIRE_HTTP_MAX_TARGET_BYTES, 'a');
  g_autofree char *path = g_strconcat ("/", name, NULL);
  g_autofree char *query = g_strconcat ("/api?token=", name, NULL);
  g_autofree char *escapes = g_strconcat ("/%61%61", name + 18000, NULL);

  assert_route ("GET", path, WIRE_ROUTE_MALFORMED);
  assert_route ("GET", query, WIRE_ROUTE_MALFORMED);
  assert_route ("GET", escapes, WIRE_ROUTE_NONE);
}

static void
test_the_region_is_that_of_the_service (void)
{
  g_auto(WireHttpRequest) request = { 0 };
  g_autofree char *printed = NULL;

  wire_http_request_parse (&request, "GET", "/us31/record-v2.json");
  g_assert_cmpstr (request.region, ==, "us31");
  printed = wire_http_request_print (&request);
  g_assert_cmpstr (printed, ==, "/us31/record-v1.json");
}

#define ADD(name, func) g_test_add_func ("/http-routes/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("every-route-is-found", test_every_route_is_found);
  ADD ("what-is-not-there-is-not-found", test_what_is_not_there_is_not_found);
  ADD ("malformed-targets-are-refused", test_malformed_targets_are_refused);
  ADD ("escapes-mean-what-they-stand-for", test_escapes_mean_what_they_stand_for);
  ADD ("absolute-targets-are-understood", test_absolute_targets_are_understood);
  ADD ("methods-are-those-of-the-path", test_methods_are_those_of_the_path);
  ADD ("the-token-is-found-bare-or-encoded", test_the_token_is_found_bare_or_encoded);
  ADD ("very-long-targets-are-refused", test_very_long_targets_are_refused);
  ADD ("the-region-is-that-of-the-service", test_the_region_is_that_of_the_service);

  return g_test_run ();
}
