import Basics
import Foundation
import Intake

/// A form that a person fills in with their editor, opened again with what is wrong beside the lines, until it is right or
/// left as it is.
struct FormWindow {
    /// What a person would have to type to go on with a draft that was kept.
    let goingOn: (String) -> String

    /// Lets `form` be filled in; `take` takes what was written, and throws ``Problems`` where it cannot be taken. Nil where
    /// nothing was written. A draft is kept where the editor or the person gives up, and the message says where.
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
                throw kept(draft, form, "it is still not right, and nothing was changed in it")
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
        throw kept(draft, form, "it is still not right after \(Self.mostTimes) times")
    }

    /// An editor that is a program, and not a person, would never give up.
    private static let mostTimes = 50

    private func kept(_ draft: DraftFile, _ form: String, _ why: String) -> CommandFailure {
        guard let text = try? draft.text(), FormNotes.stripped(text) != form else {
            draft.remove()
            return CommandFailure(why)
        }
        try? draft.write(FormNotes.stripped(text))
        return CommandFailure("\(why)\nWhat you wrote is kept. To go on with it: \(goingOn(draft.path))")
    }
}
