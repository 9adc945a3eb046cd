import Testing

@testable import MIME

@Suite struct IncomingMessageTests {
    private func read(_ text: String, _ body: (IncomingMessage) -> Void) {
        Array(text.replacing("\n", with: "\r\n").utf8).withUnsafeBytes { body(IncomingMessage($0)) }
    }

    @Test func `parts are split at their boundaries and decoded`() {
        let text = """
            Subject: x
            Content-Type: multipart/mixed; boundary="a b"

            --a b
            Content-Type: multipart/alternative; boundary=c

            --c
            Content-Transfer-Encoding: quoted-printable

            caf=C3=
            =A9
            --c
            Content-Type: text/html; charset=iso-8859-1
            Content-Transfer-Encoding: BASE64

            PHA+6TwvcD4=
            --c--
            --a b
            Content-Type: text/calendar; name="a.ics"
            Content-Disposition: attachment; filename="=?utf-8?q?=C3=A9.ics?="

            BEGIN
            --a b--
            passed over

            """
        read(text) { message in
            #expect(message.parts.map(\.type.value) == ["text/plain", "text/html", "text/calendar"])
            let (plain, html, file) = (message.parts[0], message.parts[1], message.parts[2])
            #expect(message.source(of: plain) == "café")
            #expect(message.source(of: html) == "<p>é</p>")
            #expect(message.text(html).trimmingSpaces() == "é")
            #expect(message.readableText == "café")
            #expect(file.isAttachment && !plain.isAttachment)
            #expect(file.fileName == "é.ics")
            #expect(message.content(of: file) == Array("BEGIN".utf8))
            #expect(message.headerLength == 61)
            #expect(message.overflow == nil)
        }
    }

    @Test func `a header's fields are found by name, all of them or those that are asked for`() {
        let bytes = Array("Message-Id : <1@example.org>\r\nSubject: a\r\n b\r\nsubject: c\r\nX: y\r\n\r\nTo: z".utf8)
        bytes.withUnsafeBytes { bytes in
            let header = IncomingHeader(of: bytes, only: ["message-id", "subject"])
            #expect(header["message-id"] == "<1@example.org>")
            #expect(header.all("subject") == ["a b", "c"])
            #expect(!header.has("x") && !header.has("to"))
            #expect(IncomingMessage(bytes).header["x"] == "y")
        }
    }

    @Test(arguments: [
        ("", ""), ("w6k=", "é"), ("w6k", "é"), ("w6k=\r\nw6k=", "éé"), ("w 6!k", "é"), ("_-8", "\u{FFFD}\u{FFFD}"),
    ])
    func `base64 is read whatever is wrong with it`(text: String, expected: String) {
        #expect(String(decoding: IncomingText.base64(text.utf8), as: UTF8.self) == expected)
    }

    @Test(arguments: [
        ("a=20b", "a b"), ("a=\r\nb", "ab"), ("a=\nb", "ab"), ("a=zz", "a=zz"), ("a=", "a="), ("=c3=A9", "é"),
    ])
    func `a broken escape of quoted-printable stays as it is`(text: String, expected: String) {
        #expect(String(decoding: IncomingText.quotedPrintable(text.utf8), as: UTF8.self) == expected)
    }
}
