import Basics
import Testing

@testable import Intake

@Suite("Notes beside the lines of a form") struct FormNotesTests {
    private let form = """
        ---
        kind: event
        title: Lunch club
        place:
          name: The hall
          access:
        takingPart:
          phone:
        ---
        Come and eat.
        """

    @Test("stand beneath the line that a problem names, else beneath its field's, else at the top")
    func places() {
        let notes = FormNotes.annotated(
            form,
            [
                Problem(field: "title", message: "is odd", line: 3),
                Problem(field: "takingPart", message: "is missing"),
                Problem(field: "place.access", message: "is missing"), Problem(field: "starts", message: "is missing"),
            ])
        #expect(
            notes == """
                ---
                # ^ starts: is missing
                kind: event
                title: Lunch club
                # ^ title: is odd
                place:
                  name: The hall
                  access:
                # ^ place.access: is missing
                takingPart:
                # ^ takingPart: is missing
                  phone:
                ---
                Come and eat.
                """)
        #expect(FormNotes.stripped(notes) == form)
    }
}
