import unittest

from app import app


class HelloTest(unittest.TestCase):
    def test_greets_by_name(self):
        self.assertEqual(app.test_client().get("/?name=Ada").get_json(), {"message": "Hello, Ada!"})

    def test_greets_whom_the_body_names(self):
        answer = app.test_client().post("/", json={"name": "Ada"})
        self.assertEqual(answer.get_json(), {"message": "Hello, Ada!"})

    def test_greets_the_world(self):
        self.assertEqual(app.test_client().get("/").get_json(), {"message": "Hello, world!"})


if __name__ == "__main__":
    unittest.main()
