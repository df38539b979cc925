#!/usr/bin/env python3
"""Tests of what bench/accuracy computes: words, word errors, lost utterances, cutting, sums and differences."""
import array
import itertools
import sys
import unittest

sys.dont_write_bytecode = True
import judging
import material
import report
import systems
import timing

BOTH = ["We are sure that one war is enough.", "A thin stripe runs down the middle."]


def judged(utterances, text, **more):
    return judging.judge({"utterances": utterances, **more.pop("item", {})}, {"text": text, **more})


class WordsTest(unittest.TestCase):
    def test_case_and_punctuation_do_not_count(self):
        self.assertEqual(judging.words_of("\"Sunday\", is: the-best PART!"), ["sunday", "is", "the", "best", "part"])

    def test_apostrophes_stay_within_words_and_are_of_one_kind(self):
        self.assertEqual(judging.words_of("Don\u2019t 'quote' l'\u00e9t\u00e9 dogs'"), ["don't", "quote", "l'\u00e9t\u00e9", "dogs"])

    def test_digits_are_left_as_they_are(self):
        self.assertEqual(judging.words_of("In 1984, 10 of them"), ["in", "1984", "10", "of", "them"])

    def test_compatible_and_decomposed_forms_are_equal(self):
        self.assertEqual(judging.words_of("\uff21\uff22\uff13 \ufb01ne e\u0301"), ["ab3", "fine", "\u00e9"])
        self.assertEqual(judging.words_of("STRASSE"), judging.words_of("stra\u00dfe"))

    def test_scripts_without_spaces_are_compared_by_characters(self):
        self.assertEqual(judging.words_of("\u4f60\u597d\u3002OK\u4e16\u754c"), ["\u4f60", "\u597d", "ok", "\u4e16", "\u754c"])
        self.assertEqual(judging.words_of("\u30c7\u30fc\u30bf"), ["\u30c7", "\u30fc", "\u30bf"])

    def test_marks_of_devanagari_stay_on_their_letters(self):
        self.assertEqual(judging.words_of("\u0928\u092e\u0938\u094d\u0924\u0947 \u0926\u0941\u0928\u093f\u092f\u093e."),
                         ["\u0928\u092e\u0938\u094d\u0924\u0947", "\u0926\u0941\u0928\u093f\u092f\u093e"])

    def test_annotations_are_no_words_but_are_counted(self):
        text = "[Wind blowing] So (he sighs) what \u266a"
        self.assertEqual(judging.words_of(text), ["so", "what"])
        self.assertEqual(judging.annotated_words(text), 4)


class AlignmentTest(unittest.TestCase):
    def errors(self, reference, recognised):
        result = judging.align(reference.split(), recognised.split())
        return result.substitutions, result.insertions, result.deletions

    def test_each_kind_of_error_is_counted(self):
        self.assertEqual(self.errors("a b c", "a b c"), (0, 0, 0))
        self.assertEqual(self.errors("a b c", "a x c"), (1, 0, 0))
        self.assertEqual(self.errors("a b c", "a b x c"), (0, 1, 0))
        self.assertEqual(self.errors("a b c", "a c"), (0, 0, 1))

    def test_nothing_said_and_nothing_recognised(self):
        self.assertEqual(self.errors("", ""), (0, 0, 0))
        self.assertEqual(self.errors("a b", ""), (0, 0, 2))
        self.assertEqual(self.errors("", "a b"), (0, 2, 0))

    def test_the_number_of_edits_is_the_least(self):
        def distance(a, b):
            if not a or not b:
                return len(a) + len(b)
            return min(distance(a[1:], b[1:]) + (a[0] != b[0]), distance(a[1:], b) + 1, distance(a, b[1:]) + 1)
        texts = ["".join(letters) for size in range(4) for letters in itertools.product("xyz", repeat=size)]
        for a in texts[::3]:
            for b in texts:
                result = judging.align(a, b)
                self.assertEqual(result.errors, distance(a, b), (a, b))
                self.assertEqual(sum(result.found) + result.substitutions + result.deletions, len(a))
                self.assertEqual(sum(result.found) + result.substitutions + result.insertions, len(b))

    def test_of_equally_short_paths_that_with_most_words_found_is_taken(self):
        # Two edits either way: b for a and a for b, or a left out and a put in.
        self.assertEqual(judging.align(["a", "b"], ["b", "a"]).found.count(True), 1)


class PairsTest(unittest.TestCase):
    def lost(self, text):
        return judged(BOTH, text)["lost"]

    def test_both_are_there(self):
        self.assertEqual(self.lost("We are sure that one war is enough. A thin stripe runs down the middle."), [])

    def test_the_second_is_missing(self):
        self.assertEqual(self.lost("We are sure that one war is enough."), [1])

    def test_the_first_is_missing(self):
        self.assertEqual(self.lost("A thin stripe runs down the middle."), [0])

    def test_an_utterance_that_is_badly_recognised_is_not_lost(self):
        self.assertEqual(self.lost("We are sure that one war is enough. A thin stride ran down the fiddle."), [])

    def test_one_invented_instead_of_the_second_is_lost(self):
        self.assertEqual(self.lost("We are sure that one war is enough. Thank you for watching!"), [1])

    def test_with_nothing_recognised_both_are_lost(self):
        self.assertEqual(self.lost(""), [0, 1])

    def test_the_first_said_twice_does_not_stand_for_the_second(self):
        self.assertEqual(self.lost("We are sure that one war is enough. We are sure that one war is enough."), [1])


class SumsTest(unittest.TestCase):
    def test_errors_are_summed_over_words_not_averaged_over_files(self):
        total = judging.sum_up([judged(["one two three four"], "one two three four"), judged(["five"], "six")])
        self.assertEqual((total["errors"], total["words"], total["word_error"]), (1, 5, 0.2))

    def test_utterances_are_looked_for_where_there_are_several(self):
        total = judging.sum_up([judged(BOTH, BOTH[0]), judged(BOTH, BOTH[1]), judged(["five"], "six")])
        self.assertEqual((total["lost"], total["utterances"]), (2, 4))
        self.assertNotIn("lost", judging.sum_up([judged(["five"], "six")]))

    def test_what_is_recognised_in_noise_is_invented(self):
        total = judging.sum_up([judged([""], "Thank you."), judged([""], "[Music]")])
        self.assertEqual((total["recognised_words"], total["annotated_words"], total["insertions"]), (2, 1, 2))
        self.assertNotIn("word_error", total)

    def test_recordings_without_a_reference_have_no_errors(self):
        self.assertNotIn("errors", judging.sum_up([judged(None, "who knows")]))

    def test_languages_endings_and_coverage_are_optional(self):
        one = judged(["ask what"], "And so ask what.", item={"language": "en", "ending": "ask what"}, language="en", coverage=0.5)
        two = judged(["ask what"], "Ask", item={"language": "en", "ending": "ask what"}, language="de", coverage=1.0)
        total = judging.sum_up([one, two])
        self.assertEqual((total["language_hit"], total["language_files"], total["ends_well"], total["ending_files"]), (1, 2, 1, 2))
        self.assertEqual((total["coverage_mean"], total["coverage_min"]), (0.75, 0.5))
        self.assertNotIn("coverage_min", judging.sum_up([judged([""], "")]))


class MaterialTest(unittest.TestCase):
    def test_joins_are_cut_where_they_are_silent(self):
        first, second = array.array("h", [1, 0, -1] * 50), array.array("h", [2] * 100)
        joined = first + material.silence(0.1) + second + material.silence(0.5)
        self.assertEqual(material.cut_at_silence(joined), [first, second])
        self.assertEqual(material.cut_at_silence(first + material.silence(0.05) + second),
                         [first + material.silence(0.05) + second])
        self.assertEqual(material.cut_at_silence(material.silence(1)), [])

    def test_references_are_split_into_known_sentences(self):
        self.assertEqual(material.split_reference("drop the tue when you add the figures we are sure that one wore is enough"),
                         ["drop the two when you add the figures", "we are sure that one war is enough"])
        self.assertIsNone(material.split_reference("we are sure that one war is enough for now"))

    def test_sentences_are_written_as_they_are_compared(self):
        for sentence in material.SENTENCES:
            self.assertEqual(" ".join(judging.words_of(sentence)), sentence)


class ReportTest(unittest.TestCase):
    def document(self, text, seconds=2.0, digest="0"):
        files = {"pair00": judged(BOTH, text)}
        summary = judging.sum_up(files.values()) | {"seconds": seconds, "rss_mib": 100.0}
        return {"date": "today", "processor": "this", "model": "base", "threads": 2, "quick": False,
                "sets": {"pairs": {"digest": digest}}, "results": {"vat": {"pairs": {"runs": [{"summary": summary, "files": files}]}}}}

    def test_tables_show_word_error_and_what_is_lost(self):
        text = report.render(self.document(BOTH[0]))
        self.assertRegex(text, r"Word error, % +pairs\n-+\nvat +46\.67")
        self.assertRegex(text, r"Utterances lost +pairs\n-+\nvat +1/2")

    def test_differences_name_measures_and_files(self):
        text = report.differences(self.document(BOTH[0]), self.document(" ".join(BOTH), seconds=1.0))
        self.assertRegex(text, r"vat +pairs +utterances lost +1 +0 +-1")
        self.assertRegex(text, r"wall, s +2\.0 +1\.0 +-1\.0 \(0\.50x\)")
        self.assertIn("pair00: 7 errors to 0, lost [1] to []", text)

    def test_equal_measurements_do_not_differ(self):
        self.assertIn("Nothing that both measured differs.", report.differences(self.document(BOTH[0]), self.document(BOTH[0])))

    def test_other_files_are_pointed_out(self):
        self.assertIn("the files of pairs are others", report.differences(self.document(""), self.document("", digest="1")))


class TimingTest(unittest.TestCase):
    ITEM = {"utterances": ["One war.", "Ask what"], "spans": [(0, 2), (8, 10)]}
    PLACES = [[(0.5, 1.0), (1.0, 1.5)], [(8.5, 9.0), (9.0, 9.5)]]

    def test_words_are_compared_with_where_they_were_said(self):
        words = [("One", 0.6, 1.1), ("more", 1.1, 1.2), ("war.", 1.0, 1.4), ("Ask", 8.2, 9.0), ("that", 9, 9.5)]
        found = timing.differences(self.ITEM, self.PLACES, words)
        self.assertEqual(sorted((round(one.start, 3), round(one.end, 3), one.pause) for one in found),
                         [(-0.3, 0, 6), (0, -0.1, None), (0.1, 0.1, None)])

    def test_utterances_that_were_not_aligned_do_not_count(self):
        self.assertEqual(timing.differences(self.ITEM, [None, None], [("One", 0, 1)]), [])

    def test_a_sum_has_medians_percentiles_and_what_follows_pauses(self):
        found = [timing.Difference(late / 1000, 0, 6 if late == -40 else None) for late in (-40, 10, 20, 30)]
        total = timing.sum_up(found)
        self.assertEqual((total["start_median"], total["start_p95"], total["bias"], total["after_median"]), (25, 40, 15, 40))
        self.assertIsNone(timing.sum_up([])["start_median"])

    def test_a_percentile_is_one_of_the_values(self):
        self.assertEqual([timing.percentile(list(range(1, 101)), share) for share in (1, 50, 95, 100)], [1, 50, 95, 100])


class SystemsTest(unittest.TestCase):
    def test_tokens_of_whisper_cli_become_words(self):
        token = lambda text, start, end: {"text": text, "offsets": {"from": start, "to": end}}
        document = {"transcription": [{"tokens": [token("[_BEG_]", 0, 0), token(" un", 0, 100), token("less", 100, 300), token(" to", 300, 450)]}]}
        self.assertEqual(systems.words_of_tokens(document), [("unless", 0, 0.3), ("to", 0.3, 0.45)])

    def test_special_systems_run_on_their_set_only(self):
        self.assertEqual([name for name in material.SETS if systems.suits("vat-mixed", name)], ["mixed"])
        self.assertEqual([name for name in material.SETS if not systems.suits("vat", name)], ["translate"])


if __name__ == "__main__":
    unittest.main()
