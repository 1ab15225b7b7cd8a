/* SPDX-License-Identifier: GPL-3.0-or-later */

#include "config.h"

#include "wire-markup.h"

#include <string.h>

static void
assert_pango (const char *text,
              const char *expected)
{
  g_autofree char *pango = wire_markup_to_pango (text);

  g_assert_cmpstr (pango, ==, expected);
}

static void
test_plain_text_is_escaped (void)
{
  assert_pango ("", "");
  assert_pango ("Hello", "Hello");
  assert_pango ("<b>&amp;\"'</b>", "&lt;b&gt;&amp;amp;&quot;&#39;&lt;/b&gt;");
  assert_pango ("a\x01" "b\x7f\tc\nd", "a\xef\xbf\xbd" "b\xef\xbf\xbd\tc\nd");
  assert_pango ("a\xff", "a\xef\xbf\xbd");
}

static void
test_styles (void)
{
  assert_pango ("a *b c* d", "a <b>b c</b> d");
  assert_pango ("_a_", "<i>a</i>");
  assert_pango ("(*a*), _b_!", "(<b>a</b>), <i>b</i>!");
  assert_pango ("*_a_*", "<b><i>a</i></b>");
  assert_pango ("_a *b* c_", "<i>a </i><b><i>b</i></b><i> c</i>");
  assert_pango ("*é*", "<b>é</b>");
  assert_pango ("*a* *b*", "<b>a</b> <b>b</b>");
}

static void
test_marks_without_a_partner_are_text (void)
{
  static const char *const texts[] = {
    "*", "_", "*a", "a*", "* a *", "*a *", "* a*", "2*3*4", "snake_case_name", "*a\nb*", "**",
    "****", "**a**",
    "__init__", "a*b*", "*a*b", "-_-",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_pango (texts[i], texts[i]);

  assert_pango ("*a _b* c_", "<b>a _b</b> c_");
  assert_pango ("*a *b*", "<b>a *b</b>");
}

static void
test_code_is_left_alone (void)
{
  assert_pango ("run `rm -rf *` now", "run <tt>rm -rf *</tt> now");
  assert_pango ("`http://a.b` `<x>`", "<tt>http://a.b</tt> <tt>&lt;x&gt;</tt>");
  assert_pango ("*`_a_`*", "<b><tt>_a_</tt></b>");
  assert_pango ("`a\nb`", "`a\nb`");
  assert_pango ("``", "``");
  assert_pango ("a`b", "a`b");
}

static void
test_blocks_span_lines (void)
{
  assert_pango ("see\n```\nint *p;\n_x_\n```\nend", "see\n<tt>int *p;\n_x_</tt>\nend");
  assert_pango ("```a```", "<tt>a</tt>");
  assert_pango ("```a", "```a");
  assert_pango ("*a ```b``` c*", "*a <tt>b</tt> c*");
}

static void
test_links_are_found (void)
{
  assert_pango ("http://a.b/c?d=e&f#g",
                "<a href=\"http://a.b/c?d=e&amp;f#g\">http://a.b/c?d=e&amp;f#g</a>");
  assert_pango ("HTTPS://A.b", "<a href=\"HTTPS://A.b\">HTTPS://A.b</a>");
  assert_pango ("mailto:a@b.c", "<a href=\"mailto:a@b.c\">mailto:a@b.c</a>");
  assert_pango ("www.a.b", "<a href=\"http://www.a.b\">www.a.b</a>");
  assert_pango ("www.a.рф", "<a href=\"http://www.a.рф\">www.a.рф</a>");
  assert_pango ("http://localhost:8080/",
                "<a href=\"http://localhost:8080/\">http://localhost:8080/</a>");
  assert_pango ("http://a.b/x_y_z*q", "<a href=\"http://a.b/x_y_z*q\">http://a.b/x_y_z*q</a>");
  assert_pango ("*http://a.b*", "<b><a href=\"http://a.b\">http://a.b</a></b>");
  assert_pango ("http://é.b/ü", "<a href=\"http://é.b/ü\">http://é.b/ü</a>");
}

static void
test_links_end_where_the_sentence_does (void)
{
  assert_pango ("see http://a.b.", "see <a href=\"http://a.b\">http://a.b</a>.");
  assert_pango ("(http://a.b)", "(<a href=\"http://a.b\">http://a.b</a>)");
  assert_pango ("http://a.b/c_(d)", "<a href=\"http://a.b/c_(d)\">http://a.b/c_(d)</a>");
  assert_pango ("\"http://a.b\"", "&quot;<a href=\"http://a.b\">http://a.b</a>&quot;");
  assert_pango ("<http://a.b>", "&lt;<a href=\"http://a.b\">http://a.b</a>&gt;");
  assert_pango ("http://a.b?!", "<a href=\"http://a.b\">http://a.b</a>?!");
}

static void
test_what_is_no_link_is_text (void)
{
  static const char *const texts[] = {
    "http://", "https://", "http:// a", "xhttp://a.b", "www.", "www.a", "www..a", "wwww.a.b",
    "mailto:", "mailto:@",
    "mailto:a", "mailto:a@", "mailto:@b", "ftp://a.b", "javascript:alert(1)", "http://.",
    "data:text/html,x",
  };

  for (guint i = 0; i < G_N_ELEMENTS (texts); i++)
    assert_pango (texts[i], texts[i]);
}

/* A quadratic way would take hours for these. */
static void
test_hostile_texts_take_no_longer (void)
{
  static const char *const pieces[] = {
    "*", "_", "`", "```", "*a ", "_a *b ", "`a\n", "[", "http://", "www.", "mailto:", "mailto:a@",
    "www.a", ")",
    "http://a)", "*_", "``` ", "`*`_", "h", "\n",
  };

  for (guint i = 0; i < G_N_ELEMENTS (pieces); i++)
    {
      g_autoptr(GString) text = g_string_new (i % 2 ? "http://a" : NULL);
      g_autofree char *pango = NULL;

      while (text->len < 2 * 1024 * 1024)
        g_string_append (text, pieces[i]);

      pango = wire_markup_to_pango (text->str);
      g_assert_cmpuint (strlen (pango), >=, text->len / 2);
    }
}

#define ADD(name, func) g_test_add_func ("/markup/" name, func)

int
main (int    argc,
      char **argv)
{
  g_test_init (&argc, &argv, NULL);

  ADD ("plain-text-is-escaped", test_plain_text_is_escaped);
  ADD ("styles", test_styles);
  ADD ("marks-without-a-partner-are-text", test_marks_without_a_partner_are_text);
  ADD ("code-is-left-alone", test_code_is_left_alone);
  ADD ("blocks-span-lines", test_blocks_span_lines);
  ADD ("links-are-found", test_links_are_found);
  ADD ("links-end-where-the-sentence-does", test_links_end_where_the_sentence_does);
  ADD ("what-is-no-link-is-text", test_what_is_no_link_is_text);
  ADD ("hostile-texts-take-no-longer", test_hostile_texts_take_no_longer);

  return g_test_run ();
}
