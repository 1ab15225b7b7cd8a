/* SPDX-License-Identifier: LGPL-2.1-or-later */

#define G_LOG_DOMAIN "confab-gst"

#include "config.h"

#include "confab-gst-private.h"

#include "confab-call-error.h"

/**
 * confab_gst_add_bin:
 * @pipeline: a pipeline
 * @description: what is in it, in the language of gst-launch
 * @error: where to put an error
 *
 * Adds a bin with ghost pads for what is not linked inside. It has to be brought to the state of
 * the pipeline when it is linked.
 *
 * Returns: (transfer none): the bin
 */
GstElement *
confab_gst_add_bin (GstElement  *pipeline,
                    const char  *description,
                    GError     **error)
{
  g_autoptr(GError) fault = NULL;
  GstElement *bin = gst_parse_bin_from_description_full (description, TRUE, NULL,
                                                         GST_PARSE_FLAG_FATAL_ERRORS, &fault);

  if (!bin)
    {
      g_set_error (error, CONFAB_CALL_ERROR,
                   g_error_matches (fault, GST_PARSE_ERROR, GST_PARSE_ERROR_NO_SUCH_ELEMENT)
                     ? CONFAB_CALL_ERROR_NO_PLUGIN : CONFAB_CALL_ERROR_FAILED,
                   "Could not make “%s”: %s", description, fault->message);
      return NULL;
    }

  gst_bin_add (GST_BIN (pipeline), bin);

  return bin;
}

/* An element of a bin that we have made, so that it is there. */
GstElement *
confab_gst_get_child (GstElement *bin,
                      const char *name)
{
  GstElement *child = gst_bin_get_by_name (GST_BIN (bin), name);

  g_assert (child != NULL);

  return child;
}

gboolean
confab_gst_is_inside (GstObject  *object,
                      GstElement *bin)
{
  return bin && object &&
         (object == GST_OBJECT (bin) || gst_object_has_as_ancestor (object, GST_OBJECT (bin)));
}

/* Puts a tee behind @bin, beside it, because pads are only linked within one bin. */
GstElement *
confab_gst_add_tee (GstElement *bin)
{
  g_autoptr(GstObject) parent = gst_object_get_parent (GST_OBJECT (bin));
  GstElement *tee = gst_element_factory_make ("tee", NULL);

  g_assert (tee != NULL);  /* of GStreamer's core */

  g_object_set (tee, "allow-not-linked", TRUE, NULL);
  gst_bin_add (GST_BIN (parent), tee);
  gst_element_link (bin, tee);
  gst_element_sync_state_with_parent (tee);

  return tee;
}

/* Hangs @bin, which is in the same pipeline and has one sink pad, onto a tee that is running. */
void
confab_gst_tee_add (GstElement *tee,
                    GstElement *bin)
{
  g_autoptr(GstPad) input = gst_element_get_static_pad (tee, "sink");
  g_autoptr(GstPad) to = gst_element_get_static_pad (bin, "sink");
  g_autoptr(GstPad) from = NULL;

  gst_element_sync_state_with_parent (bin);
  /* A tee copies to a new pad what it has been told of its stream, and then adds the pad: what it
   * is told in between the pad would never hear. */
  GST_PAD_STREAM_LOCK (input);
  from = gst_element_request_pad_simple (tee, "src_%u");
  gst_pad_link (from, to);
  GST_PAD_STREAM_UNLOCK (input);
}

/* Takes @bin off its tee, out of the pipeline, and stops it. The tee's pad goes first: then what
 * the bin says while it stops does not reach the tee's source. */
void
confab_gst_tee_remove (GstElement *bin)
{
  g_autoptr(GstPad) to = gst_element_get_static_pad (bin, "sink");
  g_autoptr(GstPad) from = gst_pad_get_peer (to);

  if (from)
    {
      g_autoptr(GstElement) tee = gst_pad_get_parent_element (from);

      gst_pad_unlink (from, to);
      gst_element_release_request_pad (tee, from);
    }

  confab_gst_remove (bin);
}

/* Starts @bin, which has one sink pad, with what comes out of @source. */
gboolean
confab_gst_start_from (GstPad      *source,
                       GstElement  *bin,
                       GError     **error)
{
  g_autoptr(GstPad) input = gst_element_get_static_pad (bin, "sink");

  gst_element_sync_state_with_parent (bin);
  if (gst_pad_link (source, input) == GST_PAD_LINK_OK)
    return TRUE;

  g_set_error_literal (error, CONFAB_CALL_ERROR, CONFAB_CALL_ERROR_FAILED, "The pads do not fit");

  return FALSE;
}

/* Takes an element out of its pipeline and stops it. */
void
confab_gst_remove (GstElement *element)
{
  g_autoptr(GstElement) held = gst_object_ref (element);
  g_autoptr(GstObject) parent = gst_object_get_parent (GST_OBJECT (element));

  gst_element_set_locked_state (element, TRUE);
  gst_element_set_state (element, GST_STATE_NULL);
  if (parent)
    gst_bin_remove (GST_BIN (parent), element);
}

/* A sink inside may not wait for its first picture: the call would wait with it. */
static void
do_not_preroll (GstElement *sink)
{
  if (GST_IS_BIN (sink))
    {
      g_autoptr(GstIterator) inside = gst_bin_iterate_sinks (GST_BIN (sink));
      g_auto(GValue) item = G_VALUE_INIT;

      while (gst_iterator_next (inside, &item) == GST_ITERATOR_OK)
        {
          do_not_preroll (g_value_get_object (&item));
          g_value_reset (&item);
        }
    }
  else if (g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "async"))
    {
      g_object_set (sink, "async", FALSE, NULL);
    }
}

/**
 * confab_gst_add_view:
 * @pipeline: a pipeline
 * @tee: what has raw pictures, in the pipeline
 * @sink: an element of somebody else that shows them
 *
 * Shows pictures. A sink that is slow misses some; it does not hold up the others.
 *
 * Returns: (transfer none): for confab_gst_remove_view()
 */
GstElement *
confab_gst_add_view (GstElement *pipeline,
                     GstElement *tee,
                     GstElement *sink)
{
  GstElement *view = gst_bin_new (NULL);
  GstElement *head = gst_parse_bin_from_description ("queue leaky=downstream max-size-buffers=1 "
                                                     "max-size-bytes=0 max-size-time=0 ! "
                                                     "videoconvert", TRUE, NULL);
  g_autoptr(GstPad) inner = NULL;

  g_assert (head != NULL);

  do_not_preroll (sink);
  gst_bin_add_many (GST_BIN (view), head, sink, NULL);
  gst_bin_add (GST_BIN (pipeline), view);
  gst_element_link (head, sink);
  inner = gst_element_get_static_pad (head, "sink");
  gst_element_add_pad (view, gst_ghost_pad_new ("sink", inner));
  confab_gst_tee_add (tee, view);

  return view;
}

/* Takes a view out; its sink is stopped, and free to be used elsewhere. */
void
confab_gst_remove_view (GstElement *view)
{
  g_autoptr(GstElement) held = gst_object_ref (view);
  g_autoptr(GstIterator) inside = NULL;
  g_auto(GValue) item = G_VALUE_INIT;

  confab_gst_tee_remove (view);
  inside = gst_bin_iterate_elements (GST_BIN (view));
  while (gst_iterator_next (inside, &item) == GST_ITERATOR_OK)
    {
      gst_bin_remove (GST_BIN (view), g_value_get_object (&item));
      g_value_reset (&item);
      gst_iterator_resync (inside);
    }
}

/* The values of a field that is a GValueArray: elements still use that type, which is otherwise
 * gone. */
const GValue *
confab_gst_get_values (const GstStructure *structure,
                       const char         *field,
                       guint              *n_values)
{
  const GValue *value = gst_structure_get_value (structure, field);
  GValueArray *array;

  *n_values = 0;
  if (!value || !g_str_equal (G_VALUE_TYPE_NAME (value), "GValueArray"))
    return NULL;

  array = g_value_get_boxed (value);
  if (!array)
    return NULL;

  *n_values = array->n_values;

  return array->values;
}

/* Reads how loud it is from a message of an element `level`: 0 is the loudest. */
gboolean
confab_gst_read_level (GstMessage *message,
                       double     *level_db)
{
  const GstStructure *structure = gst_message_get_structure (message);
  const GValue *values;
  guint n_values;

  if (GST_MESSAGE_TYPE (message) != GST_MESSAGE_ELEMENT || !structure ||
      !gst_structure_has_name (structure, "level"))
    return FALSE;

  values = confab_gst_get_values (structure, "rms", &n_values);
  if (n_values == 0)
    return FALSE;

  *level_db = MAX (g_value_get_double (values), CONFAB_GST_SILENCE_DB);

  return TRUE;
}
