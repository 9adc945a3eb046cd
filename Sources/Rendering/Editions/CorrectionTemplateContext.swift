import Basics
package import Bulletin
package import Foundation

/// The mail of a correction as templates see it, in one medium.
struct CorrectionTemplateContext {
    let correction: Correction
    let issue: Issue
    let masthead: Masthead
    let words: DateWords
    let inlineStyles: [String: String]

    /// The subject's own template has no subject yet.
    func templateContext(isHTML: Bool, subject: String = "") -> TemplateContext {
        let url = masthead.url(of: issue.number)
        let item = correction.item
        let label = item.map { CleanText.line($0.title) }
        let styled = MarkdownHTML(styles: inlineStyles, topLevel: 2)
        let below = MarkdownHTML(styles: inlineStyles, topLevel: 4)
        let frames = item.map { item in
            [
                ItemTemplateContext(item: item, label: label ?? "", issueURL: url, words: words)
                    .templateContext(.whole, setting: isHTML ? below.render : MarkdownText.render)
            ]
        }
        var values = masthead.values
        values.merge([
            "number": .text(issue.number.description), "date": .text(words.date(issue.sends)),
            "subject": .text(subject),
            "preheader": .text(MarkdownText.render(Markdown(correction.text)).prefix(200).description),
            "label": .text(label),
            "words": .markup((isHTML ? styled.render : MarkdownText.render)(Markdown(correction.text))),
            "items": .list(frames ?? []),
            "issueURL": .text(url), "issueLabel": .text(Link.label(url)),
            "leave": .markup(PersonalPart.leave.marker),
        ]) { $1 }
        return TemplateContext(.correctionMail, values)
    }
}

extension IssueRenderer {
    /// Renders the mail of a correction of `issue`: subject and both parts; it has no web edition of its own. As pure
    /// as ``print(_:zone:)``.
    package func print(_ correction: Correction, of issue: Issue, zone: TimeZone) throws -> Editions {
        let frames = CorrectionTemplateContext(
            correction: correction, issue: issue, masthead: masthead,
            words: DateWords(language: masthead.language, home: zone), inlineStyles: templates.inlineStyles)
        let subject = CleanText.line(templates.render(frames.templateContext(isHTML: false), with: .correctionSubject))
        return Editions(
            subject: subject,
            mailHTML: templates.render(frames.templateContext(isHTML: true, subject: subject), with: .correctionHTML),
            mailText: text(
                templates.render(frames.templateContext(isHTML: false, subject: subject), with: .correctionText)),
            webHTML: "", webText: "")
    }

    /// The web edition of `issue` with its corrections at its top and beside their items.
    package func printWeb(
        _ issue: Issue, corrections: [Correction], zone: TimeZone
    ) throws -> (html: String, text: String) {
        let frames = IssueTemplateContext(
            issue: issue, masthead: masthead, words: DateWords(language: masthead.language, home: zone),
            inlineStyles: templates.inlineStyles, corrections: corrections)
        let subject = CleanText.line(templates.render(frames.templateContext(.mailText), with: .subject))
        return (
            templates.render(frames.templateContext(.webHTML, subject: subject), with: .webHTML),
            text(templates.render(frames.templateContext(.webText, subject: subject), with: .webText))
        )
    }
}
