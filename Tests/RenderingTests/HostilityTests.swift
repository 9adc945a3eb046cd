import Bulletin
import Foundation
import Testing

@testable import Rendering

@Suite struct HostilityTests {
    @Test func nothingHandedInOpensATagOrEndsAnAttribute() throws {
        let editions = try Sample.renderer().print(Sample.hostileIssue(), zone: Sample.london)
        let known: Set<Substring> = [
            "html", "head", "meta", "title", "style", "link", "body", "div", "table", "tr", "td", "p", "h1", "h2", "h3",
            "h4", "h5", "h6", "ul", "ol", "li", "a", "strong", "em", "br", "img", "span", "header", "main", "nav",
            "section", "article", "figure", "figcaption", "dl", "dt", "dd", "time", "footer",
        ]
        for page in [editions.mailHTML, editions.webHTML] {
            for tag in page.matches(of: /<\/?([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*)\s*>/) {
                #expect(known.contains(tag.1))
                for name in tag.2.replacing(/"[^"]*"/, with: "").split(whereSeparator: \.isWhitespace) {
                    #expect(!name.lowercased().hasPrefix("on"))
                }
            }
            // Every other sign of a tag is a comment for Outlook or the document's type.
            let rest = page.replacing(/<\/?[a-z][a-z0-9]*(?:\s+[a-zA-Z-]+(?:="[^"<>]*")?)*\s*>/, with: "")
                .replacing(/<style>.*?<\/style>/.dotMatchesNewlines(), with: "")
                .replacing(/<!--\[if mso\]>|<!\[endif\]-->|<!DOCTYPE html>/, with: "")
            #expect(!rest.contains("<") && !rest.contains(">"))
            for link in page.matches(of: /(?:href|src)="([^"]*)"/) {
                #expect(link.1.isEmpty || link.1.contains(/^(https:\/\/|mailto:|tel:|#|\/|\x01leave\x02)/))
            }
            #expect(!page.contains("tracker.example.org"))
        }
    }

    @Test func noTextForgesAPersonalPart() throws {
        let editions = try Sample.renderer().print(Sample.hostileIssue(), zone: Sample.london)
        #expect(editions.mailHTML.components(separatedBy: "\u{1}").count == 2)
        #expect(editions.mailText.components(separatedBy: "\u{1}").count == 2)
        for text in [editions.subject, editions.webHTML, editions.webText] {
            #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
        }
    }

    @Test func theSubjectIsOneLine() throws {
        var masthead = try Sample.masthead()
        masthead.name = "A bulletin\r\nBcc: x@example.org"
        let renderer = IssueRenderer(masthead: masthead, templates: try TemplateSet(folder: Sample.templates))
        let subject = try renderer.print(Sample.issue([]), zone: Sample.london).subject
        #expect(subject == "A bulletin Bcc: x@example.org 24: Wednesday 2 December 2026")
    }

    @Test(arguments: [
        ("https://example.org/a b", "https://example.org/a%20b"), ("HTTP://example.org", "http://example.org"),
        ("mailto:a@example.org", "mailto:a@example.org"), ("tel:+441614960000", "tel:+441614960000"),
    ])
    func anAddressOfAKnownSchemeIsALink(text: String, address: String) {
        #expect(Link.address(text) == address)
    }

    @Test(arguments: [
        "javascript:alert(1)", "java\nscript:alert(1)", "\u{1}javascript:x", "data:text/html,x", "vbscript:x",
        "file:///etc",
        "/relative", "example.org", "https:example.org", "https://", "mailto:", "sms:07700900000", "",
    ])
    func anAddressOfAnyOtherSchemeIsNone(text: String) {
        #expect(Link.address(text) == nil)
    }

    @Test func markdownThatIsNestedWithoutEndCostsLittleAndLosesNoWord() {
        for source in [String(repeating: "> ", count: 20_000) + "word", String(repeating: "- ", count: 5000) + "word"] {
            let text = MarkdownText.render(Markdown(source))
            #expect(text.contains("word"))
        }
        let emphasis = String(repeating: "*a ", count: 3000) + String(repeating: "b* ", count: 3000)
        #expect(MarkdownHTML(topLevel: 4).render(Markdown(emphasis)).contains("b"))
    }

    @Test func aListHasNoNumberBeyondWhatFits() {
        #expect(MarkdownText.render(Markdown("999999999. a\n1. b")) == "999999999. a\n1000000000. b")
    }

    @Test func bareAddressesBecomeLinksWithoutTheSentencesEnd() {
        let html = MarkdownHTML(topLevel: 4).render(
            Markdown("See (https://example.org/a_b?c=1&d=2), or `https://x.example.org`."))
        #expect(
            html == """
                <p>See (<a href="https://example.org/a_b?c=1&amp;d=2">https://example.org/a_b?c=1&amp;d=2</a>), or \
                <code>https://x.example.org</code>.</p>
                """)
    }
}
