import Basics
package import Bulletin
package import Foundation

/// Renders issues. Pure: the same issue, masthead, templates and zone give the same bytes, whatever the process's
/// locale and zone, and the cost does not depend on the number of subscribers.
package struct IssueRenderer: Sendable {
    let masthead: Masthead
    let templates: TemplateSet

    package init(masthead: Masthead, templates: TemplateSet) {
        (self.masthead, self.templates) = (masthead, templates)
    }

    /// Renders all editions of `issue`. `zone` is the schedule's: times in it are given without its name.
    ///
    /// The mail's two parts are kept under ``MailSize/most`` together by shortening: the longest summaries first, in
    /// both parts alike, each with a link to its place in the web edition.
    package func print(_ issue: Issue, zone: TimeZone) throws -> Editions {
        let words = DateWords(language: masthead.language, home: zone)
        let frames = IssueTemplateContext(
            issue: issue, masthead: masthead, words: words, inlineStyles: templates.inlineStyles)
        let subject = CleanText.line(templates.render(frames.templateContext(.mailText), with: .subject))
        let mail = MailSize(summaries: frames.summaryLengths).fit { extent in
            MailSize.Parts(
                html: templates.render(
                    frames.templateContext(.mailHTML, subject: subject, extent: extent), with: .mailHTML),
                text: text(
                    templates.render(
                        frames.templateContext(.mailText, subject: subject, extent: extent), with: .mailText))
            )
        }
        return Editions(
            subject: subject, mailHTML: mail.html, mailText: mail.text,
            webHTML: templates.render(frames.templateContext(.webHTML, subject: subject), with: .webHTML),
            webText: text(templates.render(frames.templateContext(.webText, subject: subject), with: .webText)),
            printHTML: templates.render(frames.templateContext(.printHTML, subject: subject), with: .printHTML))
    }

    /// Wraps lines, and joins runs of empty ones: templates may leave out the content between them.
    func text(_ rendered: String) -> String {
        var lines: [Substring] = []
        for line in WrappedText.wrap(rendered).split(separator: "\n", omittingEmptySubsequences: false) {
            if line.isEmpty, lines.last?.isEmpty ?? true { continue }
            lines.append(line)
        }
        while lines.last?.isEmpty == true { lines.removeLast() }
        return lines.joined(separator: "\n") + "\n"
    }
}
