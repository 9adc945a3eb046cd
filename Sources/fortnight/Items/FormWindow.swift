import Basics
import Foundation
import Intake

/// A form that a person fills in with their editor. It opens again with each mistake noted below its line, until it is right
/// or left unchanged.
struct FormWindow {
    /// The command that continues with a kept draft, given its path.
    let goingOn: (String) -> String

    /// Lets the person fill in `form`; `take` is given the result, and throws ``Problems`` where it is wrong. Nil where
    /// nothing was written. Where the editor or the person gives up, the draft is kept, and the message says where.
    func fill<Result>(_ form: String, name: String, _ take: (ItemDraft) throws -> Result) throws -> Result? {
        let draft = try DraftFile(name)
        var before = form
        try draft.write(form)
        for _ in 0..<Self.mostTimes {
            do { try EditorWindow.open(draft.path) } catch {
                throw kept(draft, form, "\(error)")
            }
            let edited = FormNotes.stripped(try draft.text())
            if edited == FormNotes.stripped(before) {
                guard before != form else {
                    draft.remove()
                    return nil
                }
                throw kept(draft, form, "the form still has mistakes, and you left it unchanged")
            }
            do {
                let result = try take(try ItemReader.read(Array(edited.utf8)))
                draft.remove()
                return result
            } catch let problems as Problems {
                before = FormNotes.annotated(edited, problems.all.filter { $0.severity == .error })
                try draft.write(before)
            } catch {
                try draft.write(edited)
                throw kept(draft, form, "\(error)")
            }
        }
        throw kept(draft, form, "the form still has mistakes after \(Self.mostTimes) attempts")
    }

    /// A program in place of an editor would never give up.
    private static let mostTimes = 50

    private func kept(_ draft: DraftFile, _ form: String, _ why: String) -> CommandFailure {
        guard let text = try? draft.text(), FormNotes.stripped(text) != form else {
            draft.remove()
            return CommandFailure(why)
        }
        try? draft.write(FormNotes.stripped(text))
        return CommandFailure("\(why)\nYour draft is kept. To continue with it: \(goingOn(draft.path))")
    }
}
