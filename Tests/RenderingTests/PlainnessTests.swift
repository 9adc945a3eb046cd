import Basics
import Bulletin
import Foundation
import Rendering
import Testing

/// Requirements of the mail's two parts for readers of only one of them.
@Suite struct PlainnessTests {
    @Test func theTextPartHasEveryLinkTelephoneAndDateOfTheHTMLAndNoOther() throws {
        let editions = try Sample.renderer().print(Sample.smallIssue(), zone: Sample.london)
        let links = Set(editions.mailHTML.matches(of: /href="(?!#)([^"]+)"/).map { unescaped(String($0.1)) })
        for link in links {
            switch link.prefix(while: { $0 != ":" }) {
            case "mailto": #expect(editions.mailText.contains(link.dropFirst("mailto:".count)))
            case "tel": #expect(digits(editions.mailText).contains("0" + link.dropFirst("tel:+44".count)))
            default: #expect(editions.mailText.contains(link))
            }
        }
        let shown = editions.mailText.matches(of: /https?:\/\/[^\s)]+/).map {
            $0.0.hasSuffix(".") ? $0.0.dropLast() : $0.0
        }
        for link in shown { #expect(links.contains(String(link))) }
        let words = plain(editions.mailHTML)
        for number in editions.mailText.matches(of: /0\d{3,4} \d{3} ?\d{3,4}/) {
            #expect(words.contains(number.0))
        }
        let dates = /\d{1,2} [A-Z][a-z]+ 20\d\d|\d\d:\d\d/
        let flat = CleanText.line(editions.mailText)
        #expect(Set(flat.matches(of: dates).map(\.0)) == Set(words.matches(of: dates).map(\.0)))
    }

    @Test func noLineOfTheTextIsLongerThanANarrowWindowUnlessAnAddressIs() throws {
        for issue in [try Sample.smallIssue(), try Sample.hostileIssue()] {
            let editions = try Sample.renderer().print(issue, zone: Sample.london)
            for line in (editions.mailText + editions.webText).split(separator: "\n") where line.count > 76 {
                #expect(line.contains("://") && !line.trimmingCharacters(in: .whitespaces).contains(" "))
            }
        }
    }

    @Test func aPageHasOneHeadingOfTheFirstLevelAndSkipsNone() throws {
        for issue in [try Sample.smallIssue(), try Sample.hostileIssue()] {
            let editions = try Sample.renderer().print(issue, zone: Sample.london)
            for page in [editions.mailHTML, editions.webHTML] {
                let levels = page.matches(of: /<h([1-6])[ >]/).compactMap { Int($0.1) }
                #expect(levels.first == 1)
                #expect(levels.count { $0 == 1 } == 1)
                for (before, after) in zip(levels, levels.dropFirst()) { #expect(after <= before + 1) }
            }
        }
    }

    @Test func thePreheaderIsShortAndItsWordsAreVisibleBelow() throws {
        let editions = try Sample.renderer().print(Sample.smallIssue(), zone: Sample.london)
        let match = try #require(editions.mailHTML.firstMatch(of: /mso-hide:all">([^<]*)<\/div>/))
        let preheader = unescaped(String(match.1))
        #expect((20...200).contains(preheader.count))
        let below = plain(String(editions.mailHTML[match.range.upperBound...]))
        for title in preheader.components(separatedBy: "; ") { #expect(below.contains(title)) }
    }

    @Test func aTimeAbroadSaysItsZoneAndATimeAtHomeDoesNot() throws {
        let editions = try Sample.renderer().print(Sample.smallIssue(), zone: Sample.london)
        #expect(editions.mailText.contains("When: Monday 14 December 2026, 14:00 to 15:30 (CET)\n"))
        #expect(editions.mailText.contains("When: Thursday 10 December 2026, 13:30 to 15:00\n"))
    }

    @Test func theWebEditionHoldsNothingPersonalNoScriptAndNoStyleOfItsOwn() throws {
        let page = try Sample.renderer().print(Sample.smallIssue(), zone: Sample.london).webHTML
        #expect(!page.contains(PersonalPart.leave.marker))
        #expect(!page.contains("<script") && !page.contains("style=") && !page.contains("<style"))
    }

    @Test func anIssueWithoutItemsSaysSo() throws {
        let editions = try Sample.renderer().print(Sample.issue([]), zone: Sample.london)
        for text in [editions.mailHTML, editions.mailText, editions.webHTML, editions.webText] {
            #expect(text.contains("There is nothing to announce in this issue."))
        }
    }

    private func digits(_ text: String) -> String { text.filter(\.isNumber) }

    private func plain(_ html: String) -> String {
        let body = html.replacing(/<style>.*?<\/style>/.dotMatchesNewlines(), with: "")
        return CleanText.line(unescaped(body.replacing(/<[^>]*>/, with: "")))
    }

    private func unescaped(_ html: String) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&amp;", "&")].reduce(html) {
            $0.replacing($1.0, with: $1.1)
        }
    }
}
