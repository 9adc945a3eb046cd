import Basics
import Foundation
import Mustache

/// The templates of all media, read once from a folder that an operator may have changed, and checked before anything
/// is rendered.
package struct TemplateSet: Sendable {
    /// A template by the folder and the name of its file: `email/issue.html`.
    enum Name: String, CaseIterable {
        case subject = "email/subject.txt"
        case mailHTML = "email/issue.html"
        case mailText = "email/issue.txt"
        case correctionSubject = "email/correction-subject.txt"
        case correctionHTML = "email/correction.html"
        case correctionText = "email/correction.txt"
        case webHTML = "web/issue.html"
        case webText = "web/issue.txt"
        case printHTML = "print/issue.html"
        case leave = "web/leave.html"
        case left = "web/left.html"
        case badLink = "web/bad-link.html"
        case notFound = "web/not-found.html"
        case failure = "web/failure.html"
        case refused = "web/refused.html"
        case front = "web/front.html"
        case index = "web/index.html"
        case subscribe = "web/subscribe.html"
        case checkMail = "web/check-mail.html"
        case confirm = "web/confirm.html"
        case confirmed = "web/confirmed.html"
        case oldLink = "web/old-link.html"
        case choices = "web/choices.html"
        case forgotten = "web/forgotten.html"
        case privacy = "web/privacy.html"
        case confirmSubject = "email/confirm-subject.txt"
        case confirmText = "email/confirm.txt"
        case choicesSubject = "email/choices-subject.txt"
        case choicesText = "email/choices.txt"
        case goodbyeSubject = "email/goodbye-subject.txt"
        case goodbyeText = "email/goodbye.txt"
        case helpSubject = "email/help-subject.txt"
        case helpText = "email/help.txt"
        case movedSubject = "email/moved-subject.txt"
        case movedText = "email/moved.txt"
        case calendar = "calendar/description.txt"
    }

    /// The style sheet of the web pages.
    package let styleSheet: String
    /// The `style` attributes of Markdown's elements in mail.
    let inlineStyles: [String: String]
    private let libraries: [String: MustacheLibrary]

    private static let media = ["email", "web", "calendar", "print"]

    /// Reads `folder`. Throws ``TemplateFault``, which names file and line.
    package init(folder: String) throws {
        var libraries: [String: MustacheLibrary] = [:]
        for medium in Self.media {
            libraries[medium] = try Self.library(folder: folder + "/" + medium)
        }
        for name in Name.allCases {
            let parts = name.rawValue.split(separator: "/")
            if libraries[String(parts[0])]?.getTemplate(named: String(parts[1])) == nil {
                throw TemplateFault(
                    file: "\(folder)/\(name.rawValue).mustache", line: nil,
                    message: "is missing; copy it from the templates that come with Fortnight")
            }
        }
        try Self.demandLeaveLink(folder: folder)
        self.libraries = libraries
        styleSheet = try Self.read(folder + "/web/style.css")
        inlineStyles = try InlineStyles.read(
            Self.read(folder + "/email/inline.css"), file: folder + "/email/inline.css")
    }

    /// Renders the template of that name with `templateContext`.
    func render(_ templateContext: TemplateContext, with name: Name) -> String {
        let parts = name.rawValue.split(separator: "/")
        let text = libraries[String(parts[0])]?.render(templateContext.values, withTemplate: String(parts[1]))
        // The folder was checked for it when it was read.
        return text ?? ""
    }

    private static let ending = ".mustache"

    private static func library(folder: String) throws -> MustacheLibrary {
        let files: [String]
        do {
            files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(ending) }.sorted()
        } catch {
            throw TemplateFault(
                file: folder, line: nil, message: "cannot be read as a folder of templates; see the setting “templates”"
            )
        }
        let sources = try files.map { (String($0.dropLast(ending.count)), try read("\(folder)/\($0)")) }
        let names = Set(sources.map(\.0))
        var library = MustacheLibrary()
        var included: [String: [TemplateCheck.Tag]] = [:]
        for (name, source) in sources {
            let check = TemplateCheck(file: "\(folder)/\(name)\(ending)", partials: names)
            try check.check(source)
            included[name] = try check.included(source)
            do {
                // Text is escaped for HTML by default, and each partial has to declare its type itself.
                let pragma = name.hasSuffix(".txt") ? "{{% CONTENT_TYPE: TEXT}}" : ""
                try library.register(pragma + source, named: name)
            } catch let error as MustacheTemplate.ParserError {
                throw TemplateFault(
                    file: check.file, line: error.context.lineNumber,
                    message: "the template cannot be read: \(error.error)")
            }
        }
        try refuseCircles(included, folder: folder)
        return library
    }

    /// A mail without the reader's own unsubscribe link may not be sent.
    private static func demandLeaveLink(folder: String) throws {
        for name in [Name.mailHTML, .mailText, .correctionHTML, .correctionText] {
            let file = "\(folder)/\(name.rawValue)\(ending)"
            var waiting = [file]
            var found = false
            while let next = waiting.popLast(), !found {
                let check = TemplateCheck(file: next, partials: [])
                let source = try read(next)
                found = try check.uses("leave", in: source)
                waiting += try check.included(source).map { "\(folder)/email/\($0.name)\(ending)" }
            }
            if !found {
                throw TemplateFault(
                    file: file, line: nil,
                    message: "has no {{{leave}}}; every mail needs the reader's own unsubscribe link")
            }
        }
    }

    /// A template that includes itself would never end.
    private static func refuseCircles(_ included: [String: [TemplateCheck.Tag]], folder: String) throws {
        func visit(_ name: String, path: [String]) throws {
            for tag in included[name] ?? [] {
                if tag.name == name || path.contains(tag.name) {
                    throw TemplateFault(
                        file: "\(folder)/\(name)\(ending)", line: tag.line,
                        message: "{{> \(tag.name)}} includes a template that includes this one")
                }
                try visit(tag.name, path: path + [name])
            }
        }
        for name in included.keys.sorted() { try visit(name, path: []) }
    }

    private static func read(_ path: String) throws -> String {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw TemplateFault(
                file: path, line: nil, message: "cannot be read; copy it from the templates that come with Fortnight")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw TemplateFault(file: path, line: nil, message: "is not UTF-8; save it as UTF-8")
        }
        return text.replacing("\r\n", with: "\n")
    }
}

/// A style sheet of one element and its declarations a line, for mail programs that read no style sheets.
private enum InlineStyles {
    static func read(_ source: String, file: String) throws -> [String: String] {
        var styles: [String: String] = [:]
        for (index, line) in source.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let text = line.trimmingCharacters(in: .whitespaces)
            if text.isEmpty || text.hasPrefix("/*") { continue }
            guard let match = text.wholeMatch(of: /([a-z][a-z0-9]*)\s*\{\s*([^{}]*?);?\s*\}/) else {
                throw TemplateFault(
                    file: file, line: index + 1,
                    message: "is not one element and its style on one line, as in “p { margin: 0 }”")
            }
            styles[String(match.1)] = String(match.2)
        }
        return styles
    }
}
