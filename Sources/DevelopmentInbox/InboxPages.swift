import Foundation
import MIME

/// The pages that show the messages: `/` lists, `/m/ID` shows one message, `/m/ID/html` is its HTML for the frame,
/// `/m/ID.eml` the bytes received. They need no script and run none.
struct InboxPages: Sendable {
    struct Response: Equatable {
        var status: Int
        var type: String
        var policy = InboxPages.policy
        var body: [UInt8]
        var fileName: String?
    }

    let index: MessageIndex
    let configuration: InboxConfiguration
    /// Messages in the list; older ones are counted, and found by searching.
    static let longestList = 500
    private static let policy =
        "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
        + "frame-ancestors 'none'"
    /// The message's own HTML: no script, no form, no plug-in, and an origin of its own. Links open beside it.
    private static let framePolicy =
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; style-src 'unsafe-inline'; "
        + "img-src data: http: https:; font-src data:; base-uri 'none'; frame-ancestors 'self'"

    /// Answers GET of a path with its query.
    func response(to target: String) -> Response {
        let halves = target.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = halves[0]
        if path == "/" { return list(Query(halves.count > 1 ? halves[1] : "")) }
        guard path.hasPrefix("/m/") else { return missing }
        let name = path.dropFirst(3)
        if name.hasSuffix(".eml") { return file(String(name.dropLast(4))) }
        if name.hasSuffix("/html") { return frame(String(name.dropLast(5))) }
        return message(String(name))
    }

    // MARK: Pages

    private func list(_ query: Query) -> Response {
        let counts = index.counts
        let found = index.newest(Self.longestList, holding: query["q"])
        let rows = found.map { message -> HTMLText in
            """
            <tr>
            <td class="to"><a href="/m/\(message.id)">\(Self.joined(message.recipients))</a></td>
            <td class="subject">\(IncomingWords.decode(message.subject))</td>
            <td class="when"><time>\(Self.time(message.receivedAt))</time></td>
            <td class="size">\(Self.size(message.size))</td>
            </tr>

            """
        }
        let table: HTMLText =
            rows.isEmpty
            ? "<p class=\"empty\">\(emptyNote(query, counts))</p>"
            : """
            <table>
            <thead><tr><th>To</th><th>Subject</th><th>Received (UTC)</th><th class="size">Size</th></tr></thead>
            <tbody>
            \(HTMLText.joined(rows))</tbody>
            </table>
            """
        let refreshes = query["refresh"] == "5"
        let switchLink: HTMLText =
            refreshes ? "<a href=\"/\">Stop refreshing</a>" : "<a href=\"/?refresh=5\">Refresh every 5 seconds</a>"
        let more: HTMLText =
            found.count == Self.longestList
            ? "<p class=\"note\">The newest \(Self.longestList) are listed; search to find an older one.</p>" : ""
        return page(
            "\(counts.messages) \(counts.messages == 1 ? "message" : "messages")", refreshes: refreshes,
            """
            <header>
            <h1>Development inbox</h1>
            <p class="count"><strong>\(counts.messages)</strong> \(counts.messages == 1 ? "message" : "messages") \
            to \(counts.byRecipient.count) \(counts.byRecipient.count == 1 ? "address" : "addresses"), \
            \(counts.refusals) refused</p>
            <form action="/" method="get" role="search">
            <label for="q">Address or subject</label>
            <input id="q" name="q" type="search" value="\(query["q"])"> <button>Search</button>
            </form>
            <p class="note">\(switchLink)</p>
            </header>
            <main>
            \(table)
            \(more)
            </main>
            <footer>\(rules)</footer>
            """)
    }

    private func message(_ id: String) -> Response {
        guard let message = index.message(id) else { return missing }
        guard let contents = index.contents(id) else { return unreadable(id) }
        let shown = ShownMessage(contents)
        func row(_ name: String, _ value: String) -> HTMLText { "<dt>\(name)</dt><dd>\(value)</dd>\n" }
        let fields = ["From", "To", "Reply-To", "Date", "List-Unsubscribe"].compactMap { name in
            shown[name].map { row(name, $0) }
        }
        let html: HTMLText =
            shown.html == nil
            ? ""
            : """
            <section><h2>HTML</h2>
            <iframe src="/m/\(id)/html" sandbox="allow-popups allow-popups-to-escape-sandbox" \
            title="The HTML part of this message"></iframe></section>

            """
        let text: HTMLText = shown.text.map { "<section id=\"text\"><h2>Text</h2>\n<pre>\($0)</pre></section>\n" } ?? ""
        let attachments: HTMLText =
            shown.attachments.isEmpty
            ? ""
            : """
            <section><h2>Attached</h2><ul>\
            \(HTMLText.joined(shown.attachments.map { "<li>\($0.name), \($0.type), \(Self.size($0.size))</li>" }))\
            </ul></section>

            """
        let subject = IncomingWords.decode(message.subject)
        return page(
            subject.isEmpty ? "No subject" : subject, refreshes: false,
            """
            <header>
            <p class="note"><a href="/">All messages</a> · <a href="/m/\(id).eml">The message as a file (.eml)</a> · \
            <a href="#text">Text</a> · <a href="#headers">Headers as sent</a></p>
            <h1>\(subject.isEmpty ? "No subject" : subject)</h1>
            <dl>
            \(HTMLText.joined(fields))\(row("Envelope", "\(Self.sender(message)) → \(Self.joined(message.recipients))"))\
            \(row("Received", "\(Self.time(message.receivedAt)) UTC, \(Self.size(message.size))\(Self.how(message))"))</dl>
            </header>
            <main>
            \(html)\(text)\(attachments)<section id="headers"><h2>Headers as sent</h2>
            <pre class="raw">\(shown.rawHeader)</pre></section>
            </main>
            """)
    }

    private func frame(_ id: String) -> Response {
        guard let contents = index.contents(id), let html = ShownMessage(contents).html else { return missing }
        // Links would otherwise open inside the frame, where forms and scripts of the page are barred.
        let base = "<base target=\"_blank\">"
        var framed = html
        if let head = html.range(of: "<head[^>]*>", options: [.regularExpression, .caseInsensitive]) {
            framed.insert(contentsOf: base, at: head.upperBound)
        }
        return Response(
            status: 200, type: "text/html; charset=utf-8", policy: Self.framePolicy, body: Array(framed.utf8))
    }

    private func file(_ id: String) -> Response {
        guard let message = index.message(id), let contents = index.contents(id) else { return missing }
        return Response(status: 200, type: "message/rfc822", body: contents, fileName: "\(message.fileStem).eml")
    }

    private var missing: Response {
        var response = page(
            "Not here", refreshes: false,
            """
            <header><h1>Not here</h1>
            <p>There is no such message since this inbox was started. <a href="/">All messages</a></p></header>
            """)
        response.status = 404
        return response
    }

    private func unreadable(_ id: String) -> Response {
        var response = page(
            "Gone", refreshes: false,
            "<header><h1>Gone</h1><p>The file of \(id) cannot be read any more. <a href=\"/\">All messages</a></p></header>"
        )
        response.status = 410
        return response
    }

    // MARK: Pieces

    private func page(_ title: String, refreshes: Bool, _ body: HTMLText) -> Response {
        let refresh: HTMLText = refreshes ? "<meta http-equiv=\"refresh\" content=\"5\">\n" : ""
        let whole: HTMLText = """
            <!DOCTYPE html>
            <html lang="en-GB">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            \(refresh)<title>\(title) – Development inbox</title>
            <style>\(HTMLText(stringLiteral: InboxStyle.templateBytes))</style>
            </head>
            <body>
            \(body)
            </body>
            </html>

            """
        return Response(status: 200, type: "text/html; charset=utf-8", body: Array(whole.markup.utf8))
    }

    private func emptyNote(_ query: Query, _ counts: InboxCounts) -> String {
        if !query["q"].isEmpty { return "Nothing holds “\(query["q"])”." }
        if configuration.keep == .countsOnly, counts.messages > 0 {
            return "This inbox counts messages and keeps none."
        }
        return "Nothing has come yet."
    }

    private var rules: HTMLText {
        guard !configuration.addressRules.isEmpty else { return "" }
        return """
            <p>Mail to an address that begins with <code>hard.</code> is refused for good (550), with \
            <code>full.</code> refused for now (452), with <code>slow.</code> answered after five seconds. \
            Nothing is delivered anywhere.</p>
            """
    }

    private static func joined(_ recipients: [String]) -> String {
        recipients.count <= 3
            ? recipients.joined(separator: ", ")
            : recipients.prefix(3).joined(separator: ", ") + " and \(recipients.count - 3) more"
    }

    private static func sender(_ message: ReceivedMessage) -> String {
        message.sender.isEmpty ? "<> (no return path)" : message.sender
    }

    private static func how(_ message: ReceivedMessage) -> String {
        (message.overTLS ? ", over TLS" : "") + (message.account.map { ", as \($0)" } ?? "")
    }

    /// `2026-12-02 10:00:03`
    private static func time(_ date: Date) -> String {
        let digits = Array(CompactTime(date).description)
        func part(_ range: Range<Int>) -> String { String(digits[range]) }
        return "\(part(0..<4))-\(part(4..<6))-\(part(6..<8)) \(part(9..<11)):\(part(11..<13)):\(part(13..<15))"
    }

    private static func size(_ octets: Int) -> String {
        switch octets {
        case ..<1_000: "\(octets) bytes"
        case ..<100_000: "\(octets / 1_000).\(octets % 1_000 / 100) kB"
        default: "\(octets / 1_000) kB"
        }
    }
}

/// The fields of a query string.
struct Query {
    private let fields: [String: String]

    init(_ text: Substring) {
        var fields: [String: String] = [:]
        for pair in text.split(separator: "&").prefix(20) {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? halves[1].replacingOccurrences(of: "+", with: " ") : ""
            fields[String(halves[0])] = value.removingPercentEncoding ?? value
        }
        self.fields = fields
    }

    /// Empty where the field is missing.
    subscript(_ name: String) -> String { fields[name] ?? "" }
}
