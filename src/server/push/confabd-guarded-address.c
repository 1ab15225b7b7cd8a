/* SPDX-License-Identifier: GPL-3.0-or-later */

#define G_LOG_DOMAIN "confabd-push"

#include "config.h"

#include "confabd-guarded-address.h"

#include "confabd-push-error.h"

/* Hands on the addresses that another enumerator finds, as far as the policy allows them. */
typedef struct
{
  GSocketAddressEnumerator  parent_instance;

  GSocketAddressEnumerator *found;
  ConfabdEndpointPolicy    *policy;
  gboolean                  encrypted;
  guint                     n_allowed;
  guint                     n_refused;
} GuardedEnumerator;

typedef struct
{
  GSocketAddressEnumeratorClass parent_class;
} GuardedEnumeratorClass;

static GType guarded_enumerator_get_type (void);

G_DEFINE_TYPE (GuardedEnumerator, guarded_enumerator, G_TYPE_SOCKET_ADDRESS_ENUMERATOR)

/**
 * ConfabdGuardedAddress:
 *
 * A host and a port, of which only those addresses come to light that the policy allows.
 *
 * It is a GNetworkAddress, so that TLS checks the certificate against the host. Because the check
 * is between the resolver and the connection, there is no second look-up that could say something
 * else.
 */
struct _ConfabdGuardedAddress
{
  GNetworkAddress        parent_instance;

  ConfabdEndpointPolicy *policy;
  gboolean               encrypted;
};

static GSocketConnectableIface *parent_iface;

static void confabd_guarded_address_connectable_init (GSocketConnectableIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (ConfabdGuardedAddress, confabd_guarded_address,
                               G_TYPE_NETWORK_ADDRESS,
                               G_IMPLEMENT_INTERFACE (G_TYPE_SOCKET_CONNECTABLE,
                                                      confabd_guarded_address_connectable_init))

/* Whether @address goes on; NULL, the end, always does. */
static gboolean
let_through (GuardedEnumerator *self,
             GSocketAddress    *address)
{
  GInetAddress *inet;

  if (!address)
    return TRUE;

  inet = G_IS_INET_SOCKET_ADDRESS (address)
           ? g_inet_socket_address_get_address (G_INET_SOCKET_ADDRESS (address)) : NULL;

  if (inet && confabd_endpoint_policy_allows (self->policy, inet, self->encrypted))
    {
      self->n_allowed++;
      return TRUE;
    }

  self->n_refused++;

  return FALSE;
}

/* A host of which nothing is left is not one without addresses. */
static gboolean
check_end (GuardedEnumerator  *self,
           GSocketAddress     *address,
           GError            **error)
{
  if (address || self->n_allowed > 0 || self->n_refused == 0)
    return TRUE;

  g_set_error_literal (error, CONFABD_PUSH_ERROR, CONFABD_PUSH_ERROR_ADDRESS,
                       "The endpoint leads to an address that is not public");

  return FALSE;
}

static GSocketAddress *
guarded_enumerator_next (GSocketAddressEnumerator  *enumerator,
                         GCancellable              *cancellable,
                         GError                   **error)
{
  GuardedEnumerator *self = (GuardedEnumerator *) enumerator;
  GSocketAddress *address;
  g_autoptr(GError) reason = NULL;

  while ((address = g_socket_address_enumerator_next (self->found, cancellable, &reason)) &&
         !let_through (self, address))
    g_object_unref (address);

  if (reason)
    {
      g_propagate_error (error, g_steal_pointer (&reason));
      return NULL;
    }

  check_end (self, address, error);

  return address;
}

static void
next_found_cb (GObject      *source,
               GAsyncResult *result,
               gpointer      user_data)
{
  g_autoptr(GTask) task = user_data;
  GuardedEnumerator *self = g_task_get_source_object (task);
  g_autoptr(GError) error = NULL;
  g_autoptr(GSocketAddress) address =
    g_socket_address_enumerator_next_finish (G_SOCKET_ADDRESS_ENUMERATOR (source), result, &error);

  if (error)
    g_task_return_error (task, g_steal_pointer (&error));
  else if (!let_through (self, address))
    g_socket_address_enumerator_next_async (self->found, g_task_get_cancellable (task),
                                            next_found_cb, g_object_ref (task));
  else if (!check_end (self, address, &error))
    g_task_return_error (task, g_steal_pointer (&error));
  else
    g_task_return_pointer (task, g_steal_pointer (&address), g_object_unref);
}

static void
guarded_enumerator_next_async (GSocketAddressEnumerator *enumerator,
                               GCancellable             *cancellable,
                               GAsyncReadyCallback       callback,
                               gpointer                  user_data)
{
  GuardedEnumerator *self = (GuardedEnumerator *) enumerator;
  g_autoptr(GTask) task = g_task_new (self, cancellable, callback, user_data);

  g_task_set_source_tag (task, guarded_enumerator_next_async);
  g_socket_address_enumerator_next_async (self->found, cancellable, next_found_cb,
                                          g_steal_pointer (&task));
}

static GSocketAddress *
guarded_enumerator_next_finish (GSocketAddressEnumerator  *enumerator,
                                GAsyncResult              *result,
                                GError                   **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

static void
guarded_enumerator_finalize (GObject *object)
{
  GuardedEnumerator *self = (GuardedEnumerator *) object;

  g_object_unref (self->found);
  confabd_endpoint_policy_unref (self->policy);

  G_OBJECT_CLASS (guarded_enumerator_parent_class)->finalize (object);
}

static void
guarded_enumerator_class_init (GuardedEnumeratorClass *klass)
{
  GSocketAddressEnumeratorClass *enumerator_class = G_SOCKET_ADDRESS_ENUMERATOR_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = guarded_enumerator_finalize;
  enumerator_class->next = guarded_enumerator_next;
  enumerator_class->next_async = guarded_enumerator_next_async;
  enumerator_class->next_finish = guarded_enumerator_next_finish;
}

static void
guarded_enumerator_init (GuardedEnumerator *self)
{
}

static GSocketAddressEnumerator *
confabd_guarded_address_enumerate (GSocketConnectable *connectable)
{
  ConfabdGuardedAddress *self = CONFABD_GUARDED_ADDRESS (connectable);
  GuardedEnumerator *enumerator = g_object_new (guarded_enumerator_get_type (), NULL);

  enumerator->found = parent_iface->enumerate (connectable);
  enumerator->policy = confabd_endpoint_policy_ref (self->policy);
  enumerator->encrypted = self->encrypted;

  return G_SOCKET_ADDRESS_ENUMERATOR (enumerator);
}

static void
confabd_guarded_address_finalize (GObject *object)
{
  ConfabdGuardedAddress *self = CONFABD_GUARDED_ADDRESS (object);

  g_clear_pointer (&self->policy, confabd_endpoint_policy_unref);

  G_OBJECT_CLASS (confabd_guarded_address_parent_class)->finalize (object);
}

static void
confabd_guarded_address_connectable_init (GSocketConnectableIface *iface)
{
  parent_iface = g_type_interface_peek_parent (iface);

  /* A proxy would look the host up for itself, where nobody checks: there is none. */
  iface->enumerate = confabd_guarded_address_enumerate;
  iface->proxy_enumerate = confabd_guarded_address_enumerate;
}

static void
confabd_guarded_address_class_init (ConfabdGuardedAddressClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = confabd_guarded_address_finalize;
}

static void
confabd_guarded_address_init (ConfabdGuardedAddress *self)
{
}

/**
 * confabd_guarded_address_new:
 * @uri: of an endpoint
 * @policy: what is allowed
 *
 * Returns: (transfer full): the address of the endpoint
 */
GSocketConnectable *
confabd_guarded_address_new (GUri                  *uri,
                             ConfabdEndpointPolicy *policy)
{
  gboolean encrypted = g_str_equal (g_uri_get_scheme (uri), "https");
  int port = g_uri_get_port (uri);
  ConfabdGuardedAddress *self =
    g_object_new (CONFABD_TYPE_GUARDED_ADDRESS,
                  "hostname", g_uri_get_host (uri),
                  "port", port > 0 ? port : encrypted ? 443 : 80,
                  "scheme", g_uri_get_scheme (uri),
                  NULL);

  self->policy = confabd_endpoint_policy_ref (policy);
  self->encrypted = encrypted;

  return G_SOCKET_CONNECTABLE (self);
}
