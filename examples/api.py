#!/usr/bin/env python3
"""The API of vat with Python's standard library: a recording becomes text, subtitles and speech.

    examples/api.py RECORDING [http://localhost:8000]

RECORDING is a file, or a link that the server fetches. VAT_KEY is an API key, which a local server does not need. Results are written to the current folder.
"""
import http.client
import json
import os
import sys
import urllib.parse
import uuid


class Vat:
    """A client of one service, with one connection at a time."""

    def __init__(self, address, key=""):
        self.address = urllib.parse.urlsplit(address)
        self.headers = {"Authorization": f"Bearer {key}"} if key else {}

    def connect(self):
        kind = http.client.HTTPSConnection if self.address.scheme == "https" else http.client.HTTPConnection
        return kind(self.address.netloc, timeout=600)

    def ask(self, method, path, body=None, headers=None):
        """Returns the response; an error of the service raises SystemExit with its message."""
        connection = self.connect()
        connection.request(method, path, body, {**self.headers, **(headers or {})})
        answer = connection.getresponse()
        if answer.status >= 400:
            problem = json.load(answer)
            raise SystemExit(f"{method} {path}: {problem['detail']} ({problem['code']})")
        return answer

    def get_json(self, path):
        return json.load(self.ask("GET", path))

    def upload(self, path, **fields):
        """Starts a job on a file of any size, which is streamed, and returns the job."""
        boundary = uuid.uuid4().hex
        head = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in fields.items()
        )
        name = os.path.basename(path).replace('"', "%22")
        head += f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        head, tail = head.encode(), f"\r\n--{boundary}--\r\n".encode()

        def pieces():
            yield head
            with open(path, "rb") as file:
                while block := file.read(1 << 20):
                    yield block
            yield tail

        length = len(head) + os.path.getsize(path) + len(tail)
        headers = {"Content-Type": f"multipart/form-data; boundary={boundary}", "Content-Length": str(length)}
        return json.load(self.ask("POST", "/api/v1/jobs", pieces(), headers))["items"][0]

    def fetch(self, url, **options):
        """Starts a job on the recording behind a link, and returns the job."""
        body = json.dumps({"url": url, "options": options})
        return json.load(self.ask("POST", "/api/v1/jobs", body, {"Content-Type": "application/json"}))["items"][0]

    def events(self, job_id):
        """Yields (type, data) of every event until the job has ended."""
        event, data = "message", ""
        for line in self.ask("GET", f"/api/v1/jobs/{job_id}/events"):
            line = line.decode().rstrip("\n")
            if line.startswith("event: "):
                event = line[7:]
            elif line.startswith("data: "):
                data += line[6:]
            elif not line and data:
                yield event, json.loads(data)
                event, data = "message", ""

    def download(self, path, file):
        answer = self.ask("GET", path)
        with open(file, "wb") as out:
            while block := answer.read(1 << 20):
                out.write(block)

    def speak(self, text, **options):
        """Returns the audio of a text."""
        body = json.dumps({"text": text, **options})
        return self.ask("POST", "/api/v1/speech", body, {"Content-Type": "application/json"}).read()


def main():
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    vat = Vat(sys.argv[2] if len(sys.argv) == 3 else "http://localhost:8000", os.environ.get("VAT_KEY", ""))

    if sys.argv[1].startswith(("http://", "https://")):
        job = vat.fetch(sys.argv[1], formats=["txt", "srt"], speech=True, audio_format="wav")
    else:
        job = vat.upload(sys.argv[1], formats="txt,srt", speech="true", audio_format="wav")
    print(f"The job {job['id']} of {job['title']} is {job['state']}")
    for event, data in vat.events(job["id"]):
        if event == "segment":
            print(f"  {data['start']:7.2f} {data['text']}")
        elif event == "done":
            job = data
    print(f"The job is {job['state']}")
    if job["state"] != "completed":
        raise SystemExit(job["error"]["message"] if job.get("error") else 1)

    for file in vat.get_json(f"/api/v1/jobs/{job['id']}/files")["items"]:
        vat.download(file["url"], os.path.basename(file["name"]))
        print(f"  {file['name']}, {file['size']} bytes")

    with open("said.wav", "wb") as out:
        out.write(vat.speak("That is all.", speech_engine="flite", audio_format="wav"))
    print("  said.wav")


if __name__ == "__main__":
    main()
