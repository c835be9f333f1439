import datetime
import unittest

from plat_runtime.result import Answer, InvalidResult, to_answer


class ToAnswerTest(unittest.TestCase):
    def test_makes_204_of_no_result(self):
        self.assertEqual(to_answer(None), Answer(204))

    def test_writes_anything_that_is_not_a_response_as_json(self):
        for result, text in (("ü", '"ü"'), (0, "0"), (False, "false"), ({"statusCode": None}, '{"statusCode":null}'), ((1, 2), "[1,2]")):
            answer = to_answer(result)
            self.assertEqual((answer.status, answer.body), (200, text.encode()))

    def test_takes_generators_as_streams_and_lists_as_json(self):
        self.assertIsNotNone(to_answer(chunk for chunk in "ab").stream)
        self.assertIsNone(to_answer({"statusCode": 200, "body": ["a"]}).stream)

    def test_decodes_base64_with_and_without_padding(self):
        for body in ("_-8=", "/+8", "/+\n8="):
            self.assertEqual(to_answer({"statusCode": 200, "body": body, "isBase64Encoded": True}).body, b"\xff\xef")

    def test_names_what_was_wrong(self):
        for result, words in (
            ({"statusCode": 600}, "600"),
            ({"statusCode": "200"}, '"200"'),
            ({"statusCode": True}, "True"),
            ({"statusCode": 200, "headers": []}, "headers must be a dict"),
            ({"statusCode": 200, "headers": {"a": {}}}, '"a"'),
            ({"statusCode": 200, "headers": {"a b": "1"}}, '"a b"'),
            ({"statusCode": 200, "headers": {"a": "€"}}, '"a"'),
            ({"statusCode": 200, "cookies": "a=1"}, "cookies"),
            (float("nan"), "JSON"),
            ({"at": datetime.date(2020, 1, 1)}, "date"),
        ):
            with self.assertRaisesRegex(InvalidResult, words):
                to_answer(result)
