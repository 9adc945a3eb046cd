import Basics
import Bulletin
import Foundation

/// A whole issue as templates see it, in one medium.
struct IssueTemplateContext {
    enum Medium { case mailHTML, mailText, webHTML, webText, printHTML }

    let issue: Issue
    let masthead: Masthead
    let words: DateWords
    let inlineStyles: [String: String]
    /// The issue's corrections; shown on the web only, because the mail stays as it was.
    private let corrections: [Correction]
    private let items: [ItemTemplateContext]

    init(
        issue: Issue, masthead: Masthead, words: DateWords, inlineStyles: [String: String],
        corrections: [Correction] = []
    ) {
        (self.issue, self.masthead, self.words, self.inlineStyles) = (issue, masthead, words, inlineStyles)
        self.corrections = corrections
        let url = masthead.url(of: issue.number)
        items = zip(issue.items, Self.labels(issue.items, words: words)).map { item, label in
            ItemTemplateContext(item: item, label: label, issueURL: url, site: masthead.site, words: words)
        }
    }

    /// The length of each summary, in the issue's order.
    var summaryLengths: [Int] { items.map(\.summary.length) }

    /// The subject's own template has no subject yet.
    func templateContext(
        _ medium: Medium, subject: String = "", extent: (Int) -> ItemTemplateContext.Extent = { _ in .whole }
    ) -> TemplateContext {
        let url = masthead.url(of: issue.number)
        let date = words.date(issue.sends)
        var values = masthead.values
        values.merge([
            "number": .text(issue.number.description),
            "date": .text(date),
            "subject": .text(subject),
            "preheader": .text(preheader(date: date)),
            "introduction": .markup(issue.introduction.map { setting(medium, level: 2)(Markdown($0)) }),
            "isEmpty": .flag(issue.items.isEmpty),
            "issueURL": .text(url),
            "issueLabel": .text(Link.label(url)),
            "issueTextURL": .text(url + "/text"),
            "parts": .list(parts(medium, extent)),
            "corrections": .list(corrections.map { templateContext(of: $0, medium, level: 3) }),
        ]) { $1 }
        switch medium {
        case .mailHTML, .mailText: values["leave"] = .markup(PersonalPart.leave.marker)
        case .webHTML, .webText, .printHTML: break
        }
        return TemplateContext(.issue, values)
    }

    private func parts(_ medium: Medium, _ extent: (Int) -> ItemTemplateContext.Extent) -> [TemplateContext] {
        let setting = setting(medium, level: 4)
        return [Item.Kind.meeting, .event, .notice].compactMap { kind in
            let frames = items.indices.filter { items[$0].item.kind == kind }
                .map {
                    items[$0].templateContext(extent($0), corrections: about(items[$0].item, medium), setting: setting)
                }
            guard !frames.isEmpty else { return nil }
            return TemplateContext(
                .part,
                [
                    "isMeetings": .flag(kind == .meeting), "isEvents": .flag(kind == .event),
                    "isNotices": .flag(kind == .notice),
                    // With a hyphen, which no item's id has.
                    "partAnchor": .text("part-\(kind.rawValue)s"), "items": .list(frames),
                ])
        }
    }

    private func about(_ item: Item, _ medium: Medium) -> [TemplateContext] {
        corrections.filter { $0.item?.id == item.id }.map { templateContext(of: $0, medium, level: 5) }
    }

    private func templateContext(of correction: Correction, _ medium: Medium, level: Int) -> TemplateContext {
        // The item under its name in this issue, which may have changed since.
        let item = correction.item.flatMap { about in items.first { $0.item.id == about.id } }
        return TemplateContext(
            .correction,
            [
                "date": .text(words.date(correction.at)), "label": .text(item.map { CleanText.line($0.item.title) }),
                "itemURL": .text(item.map { "#\($0.item.id)" }),
                "words": .markup(setting(medium, level: level)(Markdown(correction.text))),
            ])
    }

    private func setting(_ medium: Medium, level: Int) -> (Markdown) -> String {
        switch medium {
        case .mailHTML: MarkdownHTML(styles: inlineStyles, topLevel: level).render
        case .webHTML: MarkdownHTML(topLevel: level).render
        // Links cannot be followed on paper: they become their words and their address.
        case .printHTML: { MarkdownHTML(topLevel: level).render($0.spelledOut) }
        case .mailText, .webText: MarkdownText.render
        }
    }

    /// The first titles, 20 to 200 characters; all of them also appear in the issue.
    private func preheader(date: String) -> String {
        var text = ""
        for title in issue.items.map({ CleanText.line($0.title) }) {
            let longer = text.isEmpty ? title : "\(text); \(title)"
            if longer.count > 180 { break }
            text = longer
        }
        if text.isEmpty, let first = issue.items.first {
            text = CleanText.line(first.title).prefix(180).split(separator: " ").dropLast().joined(separator: " ")
        }
        return text.count >= 20
            ? text
            : [CleanText.line(masthead.name), date, text].filter { !$0.isEmpty }
                .joined(separator: "; ").prefix(200).description
    }

    /// Titles made unique: by the date, otherwise by a number, so that two links with the same words never lead to
    /// different places.
    private static func labels(_ items: [Item], words: DateWords) -> [String] {
        let titles = items.map { CleanText.line($0.title) }
        let counts = Dictionary(titles.map { ($0, 1) }, uniquingKeysWith: +)
        var used: Set<String> = []
        return zip(items, titles).map { item, title in
            var label = title
            if counts[title, default: 0] > 1, let starts = item.startInstant {
                label += ", \(words.date(starts, in: item.zone))"
            }
            var number = 2
            var unique = label
            while !used.insert(unique).inserted {
                unique = "\(label) (\(number))"
                number += 1
            }
            return unique
        }
    }
}
