"""A document against the schema, in the words of graphql-ruby, which Shopify runs.

Every rule of the specification counts; those that a client meets are worded here, the others come in graphql-core's words.
"""

from typing import Any

from graphql import (
    ArgumentNode,
    ASTValidationRule,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    InlineFragmentNode,
    Node,
    ObjectFieldNode,
    OperationDefinitionNode,
    Undefined,
    VariableDefinitionNode,
    VariableNode,
    get_named_type,
    is_composite_type,
    is_input_type,
    is_leaf_type,
    is_non_null_type,
    is_required_argument,
    print_ast,
    specified_rules,
    type_from_ast,
)
from graphql.utilities.type_comparators import do_types_overlap, is_type_sub_type_of
from graphql.validation import ValidationContext, ValidationRule
from graphql.validation.validation_context import VariableUsage

from sandbox.shopify.literals import LiteralsFit
from sandbox.shopify.validation_paths import path_of, report


class FieldsExist(ValidationRule):
    def enter_field(self, node: FieldNode, *spot: Any) -> None:
        parent = self.context.get_parent_type()
        if parent and not self.context.get_field_def():
            name = node.name.value
            report(
                self.context,
                f"Field '{name}' doesn't exist on type '{parent.name}'",
                node,
                path_of(node, spot[-1]),
                {"code": "undefinedField", "typeName": parent.name, "fieldName": name},
            )


class SelectionsFit(ValidationRule):
    def enter_field(self, node: FieldNode, *spot: Any) -> None:
        kind = self.context.get_type()
        if not kind:
            return
        what, chosen = f"field '{node.name.value}'", node.selection_set
        message = ""
        if is_leaf_type(get_named_type(kind)) and chosen:
            inner = ", ".join(f'"{s.name.value}"' for s in chosen.selections if isinstance(s, FieldNode))
            message = f"Selections can't be made on scalars ({what} returns {kind} but has selections [{inner}])"
        elif not is_leaf_type(get_named_type(kind)) and not chosen:
            hint = f"Did you mean '{node.name.value} {{ ... }}'?"
            message = (
                f"Field must have selections ({what} returns {get_named_type(kind)} but has no selections. {hint})"
            )
        if message:
            code = {"code": "selectionMismatch", "nodeName": what, "typeName": str(kind)}
            report(self.context, message, node, path_of(node, spot[-1]), code)


class ArgumentsFit(ValidationRule):
    """Field arguments: known ones, and all that are required."""

    def enter_field(self, node: FieldNode, *spot: Any) -> None:
        field = self.context.get_field_def()
        if not field:
            return
        name, path = node.name.value, path_of(node, spot[-1])
        given = {argument.name.value: argument for argument in node.arguments or ()}
        for unknown in given.keys() - field.args.keys():
            code = {"code": "argumentNotAccepted", "name": name, "typeName": "Field", "argumentName": unknown}
            message = f"Field '{name}' doesn't accept argument '{unknown}'"
            report(self.context, message, given[unknown], [*path, unknown], code)
        missing = [n for n, argument in field.args.items() if is_required_argument(argument) and n not in given]
        if missing:
            listed = ", ".join(missing)
            code = {"code": "missingRequiredArguments", "className": "Field", "name": name, "arguments": listed}
            report(self.context, f"Field '{name}' is missing required arguments: {listed}", node, path, code)


class VariablesAreUsedAndDeclared(ValidationRule):
    def enter_operation_definition(self, node: OperationDefinitionNode, *_spot: Any) -> None:
        declared = {v.variable.name.value for v in node.variable_definitions or ()}
        usages = self.context.get_recursive_variable_usages(node)
        used = {usage.node.name.value: usage.node for usage in usages}
        title = node.name.value if node.name else f"anonymous {node.operation.value}"
        path = path_of(node, [])
        for name in sorted(declared - used.keys()):
            code = {"code": "variableNotUsed", "variableName": name}
            report(self.context, f"Variable ${name} is declared by {title} but not used", node, path, code)
        for name in sorted(used.keys() - declared):
            code = {"code": "variableNotDefined", "variableName": name}
            report(self.context, f"Variable ${name} is used by {title} but not declared", used[name], path, code)


class VariablesFit(ValidationRule):
    """Declared types are input types and fit where the variable stands."""

    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.owners: dict[int, str] = {}  # by the variable node's identity: the argument it stands in

    def enter_variable_definition(self, node: VariableDefinitionNode, *spot: Any) -> None:
        if not is_input_type(type_from_ast(self.context.schema, node.type)):
            name, shown = node.variable.name.value, print_ast(node.type).strip("[]!")
            code = {"code": "variableRequiresValidType", "typeName": shown, "variableName": name}
            message = f"{shown} isn't a defined input type (on ${name})"
            report(self.context, message, node, path_of(node, spot[-1]), code)

    def enter_variable(self, node: VariableNode, *spot: Any) -> None:
        owners = [a for a in (*spot[-1], spot[1]) if isinstance(a, ArgumentNode | ObjectFieldNode)]
        if owners:
            self.owners[id(node)] = owners[-1].name.value

    def leave_document(self, node: DocumentNode, *_spot: Any) -> None:
        for operation in node.definitions:
            if isinstance(operation, OperationDefinitionNode):
                self._check(operation)

    def _check(self, node: OperationDefinitionNode) -> None:
        declared = {v.variable.name.value: v for v in node.variable_definitions or ()}
        for usage in self.context.get_recursive_variable_usages(node):
            definition = declared.get(usage.node.name.value)
            kind = definition and type_from_ast(self.context.schema, definition.type)
            if definition and kind and usage.type and not self._allowed(kind, definition, usage):
                name, problem = usage.node.name.value, mismatch(str(kind), str(usage.type))
                owner = self.owners.get(id(usage.node), "")
                code = {
                    "code": "variableMismatch",
                    "variableName": name,
                    "typeName": str(kind),
                    "argumentName": owner,
                    "errorMessage": problem,
                }
                message = f"{problem} on variable ${name} and argument {owner} ({kind} / {usage.type})"
                report(self.context, message, usage.node, path_of(node, []), code)

    def _allowed(self, kind: Any, definition: VariableDefinitionNode, usage: VariableUsage) -> bool:
        place: Any = usage.type
        has_default = definition.default_value is not None or usage.default_value is not Undefined
        if is_non_null_type(place) and not is_non_null_type(kind) and has_default:
            place = place.of_type
        return is_type_sub_type_of(self.context.schema, kind, place)


def mismatch(declared: str, wanted: str) -> str:
    if declared.count("[") != wanted.count("["):
        return "List dimension mismatch"
    return "Nullability mismatch" if declared == wanted.replace("!", "") else "Type mismatch"


class FragmentsFit(ValidationRule):
    def __init__(self, context: ValidationContext) -> None:
        super().__init__(context)
        self.used: set[str] = set()

    def enter_inline_fragment(self, node: InlineFragmentNode, *spot: Any) -> None:
        condition = node.type_condition
        if condition and not self._known(condition.name.value, node, spot[-1]):
            return
        self._spreadable(node, self.context.get_type(), spot[-1], str(self.context.get_type()))

    def enter_fragment_definition(self, node: FragmentDefinitionNode, *spot: Any) -> None:
        self._known(node.type_condition.name.value, node, spot[-1])

    def enter_fragment_spread(self, node: FragmentSpreadNode, *spot: Any) -> None:
        name = node.name.value
        self.used.add(name)
        fragment = self.context.get_fragment(name)
        if fragment is None:
            code = {"code": "useAndDefineFragment", "fragmentName": name}
            report(self.context, f"Fragment {name} was used, but not defined", node, path_of(node, spot[-1]), code)
            return
        kind = type_from_ast(self.context.schema, fragment.type_condition)
        self._spreadable(node, kind, spot[-1], name)

    def leave_document(self, node: Any, *_spot: Any) -> None:
        for fragment in node.definitions:
            if isinstance(fragment, FragmentDefinitionNode) and fragment.name.value not in self.used:
                name = fragment.name.value
                code = {"code": "useAndDefineFragment", "fragmentName": name}
                message = f"Fragment {name} was defined, but not used"
                report(self.context, message, fragment, path_of(fragment, []), code)

    def _known(self, name: str, node: Node, ancestors: list[Any]) -> bool:
        if name in self.context.schema.type_map:
            return True
        message = f"No such type {name}, so it can't be a fragment condition"
        report(self.context, message, node, path_of(node, ancestors), {"code": "undefinedType", "typeName": name})
        return False

    def _spreadable(self, node: Node, kind: Any, ancestors: list[Any], title: str) -> None:
        parent = self.context.get_parent_type()
        if not (is_composite_type(kind) and parent):
            return
        if not do_types_overlap(self.context.schema, kind, parent):
            message = f"Fragment {'on ' if title == str(kind) else ''}{title} can't be spread inside {parent.name}"
            code = {"code": "cannotSpreadFragment", "typeName": str(kind), "parentName": parent.name}
            report(self.context, message, node, path_of(node, ancestors), code)


WORDED: list[type[ASTValidationRule]] = [
    FieldsExist,
    SelectionsFit,
    ArgumentsFit,
    LiteralsFit,
    VariablesAreUsedAndDeclared,
    VariablesFit,
    FragmentsFit,
]
OTHERS = list(specified_rules)
