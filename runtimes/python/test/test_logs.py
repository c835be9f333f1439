import unittest

from plat_runtime.logs import LineFramer


class LineFramerTest(unittest.TestCase):
    def setUp(self):
        self.written = b""
        self.request_id = "r"
        self.framer = LineFramer(1, self.append, lambda: self.request_id)

    def append(self, data):
        self.written += data

    def test_prefixes_every_line_of_a_call_and_holds_what_has_no_newline_yet(self):
        self.framer.write(b"a\n\nb")
        self.assertEqual(self.written, b"\x1er\x1fa\n\x1er\x1f\n")
        self.framer.write(b"c\nend")
        self.framer.flush_call("r")
        self.assertEqual(self.written, b"\x1er\x1fa\n\x1er\x1f\n\x1er\x1fbc\n\x1er\x1fend\n")

    def test_passes_what_is_printed_outside_and_ends_its_open_line(self):
        self.request_id = None
        self.framer.write(b"outside")
        self.request_id = "r"
        self.framer.write(b"inside\n")
        self.assertEqual(self.written, b"outside\n\x1er\x1finside\n")

    def test_cuts_long_lines_between_characters(self):
        self.framer.write(b"x" * 65_535 + "ü".encode() + b"y" * 10)
        self.framer.write(b"\n")
        self.assertEqual(self.written.split(b"\n")[:2], [b"\x1er\x1f" + b"x" * 65_535, b"\x1er\x1f" + "ü".encode() + b"y" * 10])
