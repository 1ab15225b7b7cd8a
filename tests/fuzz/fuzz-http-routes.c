/* SPDX-License-Identifier: GPL-3.0-or-later */

/* The first line of an HTTP request: a method, a line feed, a target. What is found, printed
 * and looked for again is found again.
 */

#include "config.h"

#include "wire-http-routes.h"

#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data,
                            size_t         n_bytes);

int
LLVMFuzzerTestOneInput (const uint8_t *data,
                        size_t         n_bytes)
{
  g_autofree char *method = g_strndup ((const char *) data, n_bytes);
  char *target = strchr (method, '\n');
  g_auto(WireHttpRequest) request = { 0 };
  g_auto(WireHttpRequest) again = { 0 };
  g_autofree char *printed = NULL;

  if (!target)
    return 0;

  *target++ = '\0';
  wire_http_request_parse (&request, method, target);
  printed = wire_http_request_print (&request);

  if (!printed)
    {
      g_assert_cmpint (request.route, <=, WIRE_ROUTE_OPTIONS);
      g_assert_null (request.token);
      return 0;
    }

  wire_http_request_parse (&again, method, printed);
  g_assert_cmpint (request.route, ==, again.route);
  g_assert_cmpint (request.methods, ==, again.methods);
  g_assert_cmpstr (request.region, ==, again.region);
  g_assert_cmpstr (request.token, ==, again.token);

  return 0;
}
