import Bulletin
import Foundation
import TestSupport
import Testing

@testable import Rendering

@Suite struct TemplateTests {
    /// Copies our templates into a folder of their own and changes one file.
    private func fault(in file: String, _ change: (String) -> String) throws -> String {
        try withScratchFolder { folder in
            let copy = folder + "/templates"
            try FileManager.default.copyItem(atPath: Sample.templates, toPath: copy)
            let path = "\(copy)/\(file)"
            let source = try String(contentsOfFile: path, encoding: .utf8)
            try change(source).write(toFile: path, atomically: true, encoding: .utf8)
            do {
                _ = try TemplateSet(folder: copy)
                return "(none)"
            } catch let fault as TemplateFault {
                return fault.description.replacing(copy + "/", with: "")
            }
        }
    }

    @Test(arguments: [
        ("{{tilte}}", "there is no value “tilte”; the nearest is “title”"),
        ("{{#items}}", "{{#items}} has no {{/items}}"),
        ("{{/items}}", "{{/items}} closes a section that was not opened"),
        ("{{#items}}{{/parts}}", "found {{/parts}}, but {{/items}} must close the section of line 3 first"),
        ("{{> foter.html}}", "there is no template “foter.html” in this folder; the nearest is “footer.html”"),
        ("{{{title}}}", "“title” may contain any characters: write {{title}}, which escapes them"),
        ("{{title", "“{{” without “}}”"),
        ("{{shout(title)}}", "there is no “shout”"),
        ("{{> issue.html}}", "{{> issue.html}} includes a template that includes this one"),
    ])
    func aFaultNamesFileLineAndRemedy(addition: String, message: String) throws {
        let found = try fault(in: "email/issue.html.mustache") { source in
            let lines = source.split(separator: "\n", omittingEmptySubsequences: false)
            return (lines[..<2] + [Substring(addition)] + lines[2...]).joined(separator: "\n")
        }
        #expect(found == "email/issue.html.mustache:3: " + message)
    }

    @Test func aMailWithoutItsLinkToLeaveIsRefused() throws {
        let found = try fault(in: "email/footer.html.mustache") { $0.replacing("{{{leave}}}", with: "#") }
        #expect(
            found
                == "email/issue.html.mustache: has no {{{leave}}}; every mail needs the reader's own unsubscribe link"
        )
    }

    @Test func aStyleThatCannotBeReadIsRefusedWithItsLine() throws {
        let found = try fault(in: "email/inline.css") { $0 + "p, li { margin: 0 }\n" }
        #expect(found.hasPrefix("email/inline.css:14: is not one element and its style on one line"))
    }

    @Test func aMissingFolderIsNamed() {
        #expect(throws: TemplateFault.self) { try TemplateSet(folder: "/nonexistent") }
    }

    @Test func aChangedCopyIsPrintedWith() throws {
        try withScratchFolder { folder in
            let copy = folder + "/templates"
            try FileManager.default.copyItem(atPath: Sample.templates, toPath: copy)
            try "Nummer {{number}} vom {{date}}\n".write(
                toFile: copy + "/email/subject.txt.mustache", atomically: true, encoding: .utf8)
            var masthead = try Sample.masthead()
            masthead.language = "de-DE"
            let renderer = IssueRenderer(masthead: masthead, templates: try TemplateSet(folder: copy))
            let subject = try renderer.print(Sample.issue([]), zone: Sample.london).subject
            #expect(subject == "Nummer 24 vom Mittwoch, 2. Dezember 2026")
        }
    }
}
