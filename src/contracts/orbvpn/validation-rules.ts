import {
  type ASTNode,
  type ASTVisitor,
  type FieldNode,
  GraphQLError,
  Kind,
  NoUndefinedVariablesRule,
  type SelectionSetNode,
  specifiedRules,
  type ValidationContext,
  type ValidationRule,
  ValuesOfCorrectTypeRule,
  visit,
} from 'graphql'

// An introspection query as tools send it has 14 levels and no alias.
const levelsMax = 20
const aliasesMax = 10

const QUIET = new Map<ValidationRule, ValidationRule>([
  [ValuesOfCorrectTypeRule, UnquotedValuesRule],
  [NoUndefinedVariablesRule, UnnamedVariablesRule],
])

/** GraphQL's own rules, made silent about the client's values, and the limits of the contract. */
export const validationRules: readonly ValidationRule[] = [
  ...specifiedRules.map((rule) => QUIET.get(rule) ?? rule),
  OfferedOperationRule,
  OneUserRule,
  AliasesRule,
  LevelsRule,
]

/** GraphQL's rule quotes the literal that it refuses, and that may be a password. This one names the type only. */
function UnquotedValuesRule(context: ValidationContext): ASTVisitor {
  return ValuesOfCorrectTypeRule(
    rewording(context, (error) =>
      // Of a field that is missing or unknown the rule gives the name, not the value.
      error.message.startsWith('Field ') ? error.message : `Expected a value of type "${context.getInputType()}".`,
    ),
  )
}

/** A password that begins with `$` and stands without quotes is a variable to GraphQL. */
function UnnamedVariablesRule(context: ValidationContext): ASTVisitor {
  return NoUndefinedVariablesRule(rewording(context, () => 'The operation does not declare this variable.'))
}

/** The context for a rule of GraphQL's whose messages tell too much. */
function rewording(context: ValidationContext, reword: (error: GraphQLError) => string): ValidationContext {
  const reportError = (error: GraphQLError) =>
    context.reportError(new GraphQLError(reword(error), { nodes: error.nodes ?? [] }))
  return Object.create(context, { reportError: { value: reportError } })
}

// GraphQL leaves it to the execution to find that a schema has no subscriptions.
function OfferedOperationRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      if (context.getSchema().getRootType(node.operation)) return
      context.reportError(new GraphQLError(`The schema has no ${node.operation}.`, { nodes: node }))
    },
  }
}

function OneUserRule(context: ValidationContext): ASTVisitor {
  return {
    OperationDefinition(node) {
      const reached = [node, ...context.getRecursivelyReferencedFragments(node)]
      const nodes = reached.flatMap(fieldsOf).filter(({ name }) => name.value === 'createUser')
      if (nodes.length > 1) context.reportError(new GraphQLError('An operation creates one user at most.', { nodes }))
    },
  }
}

// Nothing here needs aliases, and lists under many of them multiply each other.
function AliasesRule(context: ValidationContext): ASTVisitor {
  return {
    Document(document) {
      const nodes = fieldsOf(document).filter(({ alias }) => alias)
      if (nodes.length <= aliasesMax) return
      context.reportError(
        new GraphQLError(`A document has ${aliasesMax} aliases at most.`, { nodes: nodes.slice(aliasesMax) }),
      )
    },
  }
}

function LevelsRule(context: ValidationContext): ASTVisitor {
  const ofFragment = new Map<string, number>()

  function levelsOf({ selections }: SelectionSetNode): number {
    const levels = selections.map((selection) => {
      if (selection.kind === Kind.FRAGMENT_SPREAD) return levelsOfFragment(selection.name.value)
      const own = selection.kind === Kind.FIELD ? 1 : 0
      return own + (selection.selectionSet ? levelsOf(selection.selectionSet) : 0)
    })
    return Math.max(...levels)
  }

  function levelsOfFragment(name: string): number {
    const known = ofFragment.get(name)
    if (known !== undefined) return known
    // A fragment that spreads itself ends here. Another rule refuses it.
    ofFragment.set(name, 0)
    const fragment = context.getFragment(name)
    const levels = fragment ? levelsOf(fragment.selectionSet) : 0
    ofFragment.set(name, levels)
    return levels
  }

  return {
    OperationDefinition(node) {
      if (levelsOf(node.selectionSet) <= levelsMax) return
      context.reportError(new GraphQLError(`An operation has ${levelsMax} levels at most.`, { nodes: node }))
    },
  }
}

function fieldsOf(node: ASTNode): readonly FieldNode[] {
  const fields: FieldNode[] = []
  visit(node, { Field: (field) => void fields.push(field) })
  return fields
}
