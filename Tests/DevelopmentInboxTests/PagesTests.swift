import Foundation
import TestSupport
import Testing

@testable import DevelopmentInbox

@Suite struct PagesTests {
    private static let message = """
        Message-ID: <1@example.org>\r
        From: =?utf-8?q?Si=C3=A2n?= <sian@example.org>\r
        Subject: =?utf-8?B?PGI+?= =?utf-8?q?_caf=C3=A9?=\r
        Content-Type: multipart/alternative; boundary="b 1"\r
        \r
        --b 1\r
        Content-Type: text/plain; charset=utf-8\r
        Content-Transfer-Encoding: quoted-printable\r
        \r
        One =3C two =\r
        lines\r
        --b 1\r
        Content-Type: text/html; charset=utf-8\r
        Content-Transfer-Encoding: base64\r
        \r
        PGh0bWw+PGhlYWQ+PC9oZWFkPjxwPkjDqWxsbzxzY3JpcHQ+YWxlcnQoMSk8L3Njcmlw\r
        dD48L2h0bWw+\r
        --b 1--\r

        """

    private func with(_ body: (InboxServer, (String, [String]) throws -> String) async throws -> Void) async throws {
        var configuration = InboxConfiguration()
        configuration.web = .init()
        try await InboxServer.with(configuration) { inbox in
            let port = try #require(inbox.webPort)
            _ = try WireClient.greeted(port: inbox.smtpPort).deliver(to: "b&i@example.org", Self.message)
            try await body(inbox) { path, headers in
                let client = try WireClient(port: port)
                let host = headers.contains { $0.hasPrefix("Host:") } ? [] : ["Host: 127.0.0.1:\(port)"]
                let lines = (path.contains(" ") ? [path] : ["GET \(path) HTTP/1.1"]) + host + headers
                client.send((lines + ["Connection: close", "", ""]).joined(separator: "\r\n"))
                return try client.everything()
            }
        }
    }

    @Test func `the list shows what came, escaped`() async throws {
        try await with { _, get in
            let page = try get("/", [])
            #expect(page.hasPrefix("HTTP/1.1 200 OK\r\n"))
            #expect(page.contains("<strong>1</strong> message to 1 address, 0 refused"))
            #expect(page.contains("&lt;b&gt; café"))
            #expect(page.contains("b&amp;i@example.org"))
            #expect(!page.contains("<b>"))
            #expect(page.contains("Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'"))
            #expect(!page.contains("http-equiv=\"refresh\""))
            #expect(try get("/?refresh=5", []).contains("<meta http-equiv=\"refresh\" content=\"5\">"))
        }
    }

    @Test func `searching lists what holds the text, and shows the text escaped`() async throws {
        try await with { _, get in
            #expect(try get("/?q=CAF%C3%89", []).contains("&lt;b&gt; café"))
            let none = try get("/?q=%22%3E%3Cscript%3E", [])
            #expect(none.contains("Nothing holds “&quot;&gt;&lt;script&gt;”."))
            #expect(!none.contains("<script>"))
        }
    }

    @Test func `a message shows its text, its headers, and its HTML behind a sandbox`() async throws {
        try await with { inbox, get in
            let id = try #require(inbox.messages().first?.id)
            let page = try get("/m/\(id)", [])
            #expect(page.contains("One &lt; two lines"))
            #expect(page.contains("Siân &lt;sian@example.org&gt;"))
            #expect(page.contains("<iframe src=\"/m/\(id)/html\" sandbox=\"allow-popups"))
            #expect(!page.contains("<script>"))
            let frame = try get("/m/\(id)/html", [])
            #expect(
                frame.contains(
                    "Content-Security-Policy: sandbox allow-popups allow-popups-to-escape-sandbox; default"))
            #expect(frame.contains("<head><base target=\"_blank\"></head><p>Héllo<script>"))
            let file = try get("/m/\(id).eml", [])
            #expect(file.hasSuffix("\r\n\r\n" + Self.message))
            #expect(file.contains("Content-Disposition: attachment; filename=\"\(id)-b_i@example.org.eml\""))
        }
    }

    @Test func `only GET of what is there, under a loopback name, is answered`() async throws {
        try await with { inbox, get in
            let id = try #require(inbox.messages().first?.id)
            #expect(try get("/m/nothing", []).hasPrefix("HTTP/1.1 404"))
            #expect(try get("/m/../../etc/passwd", []).hasPrefix("HTTP/1.1 404"))
            #expect(try get("POST /m/\(id) HTTP/1.1", []).hasPrefix("HTTP/1.1 405"))
            #expect(try get("/", ["Host: evil.example.org"]).hasPrefix("HTTP/1.1 421"))
            #expect(try get("/", ["Host: 127.evil.example.org"]).hasPrefix("HTTP/1.1 421"))
            #expect(try get("/", ["Host: localhost:1"]).hasPrefix("HTTP/1.1 200"))
            let head = try get("HEAD / HTTP/1.1", [])
            #expect(head.hasPrefix("HTTP/1.1 200") && head.hasSuffix("\r\n\r\n"))
        }
    }

    @Test func `a message whose parts have no end, no boundary or no sense is shown as far as it goes`() {
        let nested = (0..<50).map { "Content-Type: multipart/mixed; boundary=\"\($0)\"\r\n\r\n--\($0)\r\n" }.joined()
        for text in [
            "", "\r\n", "no header", ":\r\n\r\n", "Content-Type: multipart/mixed\r\n\r\nx", nested,
            "Content-Type: multipart/mixed; boundary=\"a\r\n\r\n--a\r\n--a--",
            "Content-Type: multipart/x; boundary=a\r\n\r\n--a",
            "Content-Transfer-Encoding: base64\r\n\r\n!", "Subject: =?utf-8?b?", " folded first\r\n\r\n",
        ] {
            _ = ShownMessage(Array(text.utf8))
        }
        #expect(ShownMessage(Array("Subject: x\r\n\r\nplain".utf8)).text == "plain")
        #expect(
            ShownMessage(Array("Content-Disposition: attachment; filename=\"a.ics\"\r\n\r\nBEGIN".utf8)).attachments
                == [.init(name: "a.ics", type: "text/plain", size: 5)])
    }
}
