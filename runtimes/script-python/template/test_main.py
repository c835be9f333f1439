import subprocess
import sys
import unittest


def run(*arguments):
    return subprocess.run([sys.executable, "main.py", *arguments], capture_output=True, text=True)


class AddTest(unittest.TestCase):
    def test_adds_its_arguments(self):
        self.assertEqual(run("3", "4").stdout, "3 + 4 = 7\n")

    def test_says_what_it_needs(self):
        self.assertEqual(run().returncode, 2)
        self.assertIn("Two numbers", run("three").stderr)


if __name__ == "__main__":
    unittest.main()
