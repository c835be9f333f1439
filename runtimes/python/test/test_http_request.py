import unittest

from plat_runtime.http_request import BodyReader, RequestError, parse_head


def head(*lines):
    return parse_head("\r\n".join(lines).encode("latin-1"), "127.0.0.1")


class ParseHeadTest(unittest.TestCase):
    def test_reads_names_in_lower_case_and_keeps_repeated_ones(self):
        request = head("GET /a?b HTTP/1.1", "Host: x", "X-A: 1", "x-a:  2 ")
        self.assertEqual((request.method, request.target, request.keep_alive), ("GET", "/a?b", True))
        self.assertEqual(request.header_list, [("host", "x"), ("x-a", "1"), ("x-a", "2")])

    def test_closes_after_http_1_0_unless_it_is_asked_not_to(self):
        self.assertFalse(head("GET / HTTP/1.0").keep_alive)
        self.assertTrue(head("GET / HTTP/1.0", "Connection: keep-alive").keep_alive)
        self.assertFalse(head("GET / HTTP/1.1", "Connection: close").keep_alive)

    def test_refuses_what_lets_requests_be_smuggled(self):
        for lines in (
            ("GET / HTTP/1.1", "Content-Length: 1", "Transfer-Encoding: chunked"),
            ("GET / HTTP/1.1", "Content-Length: 1", "Content-Length: 2"),
            ("GET / HTTP/1.1", "Content-Length: +1"),
            ("GET / HTTP/1.1", "Content-Length : 1"),
            ("GET / HTTP/1.1", "X-A: 1", " folded"),
            ("GET / HTTP/1.1", "X-A: a\nX-B: b"),
            ("GET  / HTTP/1.1",),
            ("GET / HTTP/2.0",),
        ):
            with self.assertRaises(RequestError, msg=lines) as caught:
                head(*lines)
            self.assertEqual(caught.exception.status, 400, lines)

    def test_knows_no_transfer_encoding_but_chunked(self):
        with self.assertRaises(RequestError) as caught:
            head("GET / HTTP/1.1", "Transfer-Encoding: gzip, chunked")
        self.assertEqual(caught.exception.status, 501)


class BodyReaderTest(unittest.TestCase):
    def read_in_pieces(self, request, data, limit=1000):
        reader, buffer = BodyReader(request, limit), bytearray()
        for index in range(len(data)):
            buffer += data[index : index + 1]
            if reader.read(buffer):
                return request.body, bytes(buffer) + data[index + 1 :]
        self.fail("The body never ended.")

    def test_reads_a_chunked_body_byte_by_byte_and_leaves_the_next_request(self):
        request = head("POST / HTTP/1.1", "Transfer-Encoding: chunked")
        data = b"3;a=b\r\nabc\r\nA\r\n0123456789\r\n0\r\nX-T: 1\r\n\r\nGET /"
        self.assertEqual(self.read_in_pieces(request, data), (b"abc0123456789", b"GET /"))

    def test_reads_a_body_of_a_known_length(self):
        request = head("POST / HTTP/1.1", "Content-Length: 3")
        self.assertEqual(self.read_in_pieces(request, b"abcGET /"), (b"abc", b"GET /"))

    def test_refuses_what_is_too_large_as_early_as_it_can(self):
        with self.assertRaises(RequestError) as caught:
            BodyReader(head("POST / HTTP/1.1", "Content-Length: 11"), 10)
        self.assertEqual(caught.exception.status, 413)
        reader = BodyReader(head("POST / HTTP/1.1", "Transfer-Encoding: chunked"), 10)
        with self.assertRaises(RequestError) as caught:
            reader.read(bytearray(b"B\r\n"))
        self.assertEqual(caught.exception.status, 413)

    def test_refuses_a_chunk_that_does_not_end_where_it_says(self):
        reader = BodyReader(head("POST / HTTP/1.1", "Transfer-Encoding: chunked"), 10)
        with self.assertRaises(RequestError):
            reader.read(bytearray(b"1\r\nab\r\n"))
