"""What is fetched of each entity of Bullhorn, and what each becomes.

Source of every field: github.com/bullhorn/rest-api-docs, source/includes/entityref [V].
"""

from collections.abc import Mapping

from app.connectors.records import Kind

COMPANY = "id,name,dateLastModified"
PERSON = "id,name,firstName,lastName,email,phone,mobile,isDeleted,dateLastModified"
CONTACT = f"{PERSON},clientCorporation({COMPANY})"
JOB = (
    "id,title,isOpen,status,dateClosed,isDeleted,dateLastModified,"
    f"clientCorporation({COMPANY}),clientContact({CONTACT})"
)
_ABOUT = f"candidate({PERSON}),jobOrder({JOB})"
_TIMES = "isDeleted,dateAdded,dateLastModified"

# One request brings along what an entity refers to: to-one associations can be nested, to-many ones stand at the top.
FIELDS: Mapping[str, str] = {
    "ClientCorporation": COMPANY,
    "ClientContact": CONTACT,
    "Candidate": PERSON,
    "JobOrder": JOB,
    "JobSubmission": f"id,status,{_TIMES},sendingUser(id,email),{_ABOUT}",
    "Appointment": f"id,type,subject,communicationMethod,isPrivate,dateBegin,dateEnd,{_TIMES},parentAppointment(id),"
    f"candidateReference({PERSON}),clientContactReference(id),jobOrder({JOB})",
    "Note": f"id,action,comments,externalID,{_TIMES},personReference({PERSON}),candidates({PERSON}),"
    f"clientContacts(id),jobOrder({JOB}),jobOrders(id)",
    "Placement": f"id,status,dateBegin,dateAdded,dateLastModified,jobSubmission(id),{_ABOUT}",
}
"""The entities that Keepwarm follows, with what is fetched of each."""

REFERENCE = (
    f"id,status,{_TIMES},candidate({PERSON}),jobOrder,referenceFirstName,referenceLastName,referenceEmail,"
    "referencePhone,referenceClientContact(id)"
)
"""What is fetched of a CandidateReference, which is polled: older event subscriptions do not name it."""

TO_MANY: Mapping[str, str] = {"candidates": PERSON, "clientContacts": "id", "jobOrders": "id"}
"""The to-many associations of a note. An answer may hold fewer of them than `total` says [V: entity, to-many]."""

KINDS: Mapping[str, Kind] = {
    "ClientCorporation": "organisation",
    "ClientContact": "client_contact",
    "Candidate": "candidate",
    "JobOrder": "job",
    "JobSubmission": "application",
    "Appointment": "interview",
    "Note": "activity",
}
